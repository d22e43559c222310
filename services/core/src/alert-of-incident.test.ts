import { describe, expect, test } from "vitest";
import { access, at, burn, down, gone, marked, simulated, tell, up } from "../test/incident-story.ts";
import { alertOfIncident, incidentAlert } from "./alert-of-incident.ts";
import type { Incident } from "./incident.ts";

type Story = Parameters<typeof tell>[0];
const flapping = (minute: number) => marked(minute, ["flapping"], { sinceAtMs: at(minute) });
const downFlapping = (minute: number) => down(minute, { marks: ["flapping"] });

/** What the last step of a story is worth. */
function worth(story: Story): string {
  const last = tell(story).at(-1);
  const decision = alertOfIncident(last?.next as Incident, last?.changes ?? []);
  return decision.kind === "none"
    ? `none ${decision.reason}`
    : `${decision.event} ${decision.news} ${decision.because}`;
}

describe("of an incident it is told", () => {
  test.each<[name: string, story: Story, expected: string]>([
    ["that it opened", [down(1)], "incident.opened opened trouble-began"],
    ["that it opened, flapping or not", [downFlapping(1)], "incident.opened opened trouble-began"],
    [
      "that it is open again",
      [marked(1, ["degraded"]), up(5), marked(6, ["degraded"], { aboutAtMs: at(4) })],
      "incident.opened reopened trouble-had-not-ended",
    ],
    [
      "that it is open again, flapping or not",
      [marked(1, ["degraded"]), up(5), marked(6, ["degraded", "flapping"], { aboutAtMs: at(4) })],
      "incident.opened reopened trouble-had-not-ended",
    ],
    ["that it is over", [down(1), up(2)], "incident.resolved resolved recovered"],
    [
      "that it is over for it is not watched",
      [down(1), gone(2, "endpoint-paused")],
      "incident.resolved resolved endpoint-paused",
    ],
    [
      "that it is over after flapping",
      [down(1), flapping(2), up(50)],
      "incident.resolved resolved recovered",
    ],
    ["that it became worse", [marked(1, ["degraded"]), down(2)], "incident.updated rose got-worse"],
    ["that it became better", [down(1), marked(2, ["degraded"])], "incident.updated fell got-better"],
    ["that it began to flap", [down(1), flapping(2)], "incident.updated flapping flapping-began"],
    [
      "not that it goes down again while it flaps",
      [down(1), flapping(2), downFlapping(3)],
      "none flapping-told-once",
    ],
    [
      "not that it comes up again while it flaps",
      [down(1), downFlapping(2), flapping(3)],
      "none flapping-told-once",
    ],
    [
      "not that a budget burns while it flaps",
      [down(1), flapping(2), burn(3, true)],
      "none flapping-told-once",
    ],
    ["that a budget burns", [down(1), burn(2, true)], "incident.updated added more-is-wrong"],
    [
      "that access changed",
      [marked(1, ["degraded"]), access(2, true, { marks: ["auth_walled", "degraded"] })],
      "incident.updated added more-is-wrong",
    ],
    [
      "not that it is slow, too",
      [marked(1, ["degraded"]), marked(2, ["degraded", "latency"])],
      "none timeline-only",
    ],
    [
      "that a budget burns, though it is slow, too",
      [marked(1, ["degraded"]), { ...burn(2, true) }, burn(3, false), burn(4, true)],
      "incident.updated added more-is-wrong",
    ],
    [
      "not that one thing of two is well",
      [marked(1, ["degraded", "latency"]), marked(2, ["degraded"])],
      "none timeline-only",
    ],
    [
      "not that it flaps no more",
      [down(1), down(2, { marks: ["flapping"], sinceAtMs: at(0) }), down(40, { sinceAtMs: at(0) })],
      "none timeline-only",
    ],
    [
      "not which regions joined",
      [down(1), down(2, { sinceAtMs: at(0), regions: ["sa-east"] })],
      "none timeline-only",
    ],
    ["not that nothing happened", [down(1), down(2, { sinceAtMs: at(0) })], "none timeline-only"],
  ])("%s", (_name, story, expected) => {
    expect(worth(story)).toBe(expected);
  });

  const row = { tenantId: "t", endpointId: "e", incidentTenantId: "i" };

  test("under one key for its life and one per revision", () => {
    const alert = incidentAlert(
      { event: "incident.updated", news: "rose", because: "got-worse" },
      { severity: "P1", causes: ["down"], isSimulated: false, revision: 4 },
      row,
      at(1),
    );
    expect(alert).toEqual({
      tenantId: "t",
      endpointId: "e",
      alertKey: "incident:i:4",
      dedupKey: "i",
      event: "incident.updated",
      severity: "P1",
      atMs: at(1),
      isTest: false,
      facts: {
        kind: "incident",
        incidentTenantId: "i",
        news: "rose",
        because: "got-worse",
        causes: ["down"],
      },
    });
  });

  test("as a test when it is simulated, and under a step of its own when no revision is told", () => {
    const alert = incidentAlert(
      { event: "incident.acknowledged", news: "acknowledged" },
      simulated(0),
      row,
      at(1),
      "ack:9",
    );
    expect(alert).toMatchObject({ alertKey: "incident:i:ack:9", isTest: true, facts: { because: null } });
  });
});

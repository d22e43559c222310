import { describe, expect, test } from "vitest";
import {
  access,
  at,
  burn,
  down,
  gone,
  marked,
  simulated,
  t0,
  tell,
  time,
  up,
} from "../test/incident-story.ts";
import { advanceIncident } from "./advance-incident.ts";
import type { Incident } from "./incident.ts";
import { INCIDENT_RULES, incidentWakeAtMs } from "./incident-decision.ts";

type Story = Parameters<typeof tell>[0];

const DAY_MINUTES = 1_440;

/** "write reason: change, change | causes severity" of the last decision. */
function lastOf(story: Story, from: Incident | null = null): string {
  const { write, reason, changes, next } = tell(story, from).at(-1) ?? { changes: [], next: null };
  const told = changes.map(({ kind, facts }) => (facts.cause ? `${kind} ${facts.cause}` : kind)).join(", ");
  const state =
    next && next.resolvedAtMs === null ? `${next.causes.join("+")} ${next.severity}` : "none open";
  return `${write} ${reason}: ${told} | ${state}`;
}

const flapping = (minute: number) => marked(minute, ["flapping"], { sinceAtMs: at(minute) });

describe("an incident", () => {
  test.each<[name: string, story: Story, expected: string]>([
    // from nothing
    ["does not open while all is well", [up(1)], "none nothing-wrong:  | none open"],
    ["opens when down is committed", [down(1)], "insert trouble-began: opened | down P1"],
    ["opens when degraded", [marked(1, ["degraded"])], "insert trouble-began: opened | degraded P2"],
    [
      "opens for an elevated error rate",
      [marked(1, ["error_rate_elevated"])],
      "insert trouble-began: opened | error_rate_elevated P2",
    ],
    ["opens when slow", [marked(1, ["latency"])], "insert trouble-began: opened | latency P2"],
    [
      "opens when one region fails alone",
      [marked(1, ["regional:eu-west"])],
      "insert trouble-began: opened | regional:eu-west P2",
    ],
    ["opens when an error budget burns", [burn(1, true)], "insert trouble-began: opened | burn_rate P2"],
    ["opens when a login wall comes", [access(1, true)], "insert trouble-began: opened | access_changed P2"],
    ["opens when a login wall goes", [access(1, false)], "insert trouble-began: opened | access_changed P2"],
    [
      "does not open for a login wall that was always there",
      [marked(1, ["auth_walled"])],
      "none nothing-wrong:  | none open",
    ],
    ["does not open for flapping alone", [flapping(1)], "none flapping-opens-none:  | none open"],
    [
      "opens with flapping when down",
      [down(1, { marks: ["flapping"] })],
      "insert trouble-began: opened | down+flapping P1",
    ],
    [
      "does not open while nothing is known",
      [down(1, { committed: "unknown" })],
      "none nothing-known:  | none open",
    ],
    ["does not open for a budget that burns no more", [burn(1, false)], "none nothing-wrong:  | none open"],
    ["does not open for time", [time(1)], "none nothing-wrong:  | none open"],
    [
      "does not open for an endpoint that goes",
      [gone(1, "endpoint-deleted")],
      "none nothing-wrong:  | none open",
    ],
    [
      "does not know marks of a newer version",
      [marked(1, ["haunted", "down", "access_changed", "burn_rate"])],
      "none nothing-wrong:  | none open",
    ],
    // the same again
    ["says nothing twice while down", [down(1), down(2, { sinceAtMs: t0 })], "none nothing-new:  | down P1"],
    ["says nothing when time passes", [down(1), time(9)], "none nothing-new:  | down P1"],
    [
      "keeps its causes while nothing is known",
      [marked(1, ["degraded"]), up(2, { committed: "unknown" })],
      "none nothing-known:  | degraded P2",
    ],
    // worse and better
    [
      "becomes worse from degraded to down",
      [marked(1, ["degraded"]), down(3, { regions: [], failureReason: null })],
      "update got-worse: severity-rose, cause-ended degraded | down P1",
    ],
    [
      "becomes better from down to degraded",
      [
        down(1),
        marked(2, ["degraded"], { regions: ["eu-west", "us-east"], failureReason: "connection_refused" }),
      ],
      "update got-better: severity-fell, cause-added degraded | degraded P2",
    ],
    [
      "gains a cause of its severity",
      [marked(1, ["degraded"]), marked(2, ["degraded", "latency"])],
      "update more-is-wrong: cause-added latency | degraded+latency P2",
    ],
    [
      "loses a cause and stays",
      [marked(1, ["degraded", "latency"]), marked(2, ["degraded"])],
      "update less-is-wrong: cause-ended latency | degraded P2",
    ],
    [
      "keeps a burning budget through down",
      [burn(1, true), down(2, { regions: [], failureReason: null })],
      "update got-worse: severity-rose | burn_rate+down P1",
    ],
    [
      "is told of a budget that begins to burn",
      [down(1), burn(2, true)],
      "update more-is-wrong: cause-added burn_rate | burn_rate+down P1",
    ],
    [
      "is told of a budget that burns no more",
      [down(1), burn(2, true), burn(3, false)],
      "update less-is-wrong: cause-ended burn_rate | down P1",
    ],
    ["is not told twice of a budget", [burn(1, true), burn(2, true)], "none nothing-new:  | burn_rate P2"],
    // facts
    [
      "gains regions",
      [down(1), down(2, { sinceAtMs: t0, regions: ["sa-east"] })],
      "update more-regions: regions-changed | down P1",
    ],
    [
      "learns its reason later",
      [marked(1, ["degraded"]), marked(2, ["degraded"], { failureReason: "rate_limited" })],
      "update reason-found: reason-known | degraded P2",
    ],
    [
      "keeps the reason it has while the cause stays",
      [
        marked(1, ["degraded"], { failureReason: "http_error" }),
        marked(2, ["degraded"], { failureReason: "rate_limited" }),
      ],
      "none nothing-new:  | degraded P2",
    ],
    [
      "began with the first failing probe, though its first warning came later",
      [marked(3, ["degraded"]), down(4, { sinceAtMs: at(1), failureReason: null, regions: [] })],
      "update got-worse: severity-rose, cause-ended degraded, amended | down P1",
    ],
    [
      "keeps its beginning once it is down",
      [down(3), down(4, { sinceAtMs: at(1) })],
      "none nothing-new:  | down P1",
    ],
    // flapping
    [
      "is kept open by flapping",
      [down(1), flapping(2)],
      "update got-better: severity-fell, flapping flapping | flapping P2",
    ],
    [
      "goes down again within the same incident while it flaps",
      [down(1), flapping(2), down(3, { marks: ["flapping"], sinceAtMs: at(2.5) })],
      "update got-worse: severity-rose | down+flapping P1",
    ],
    [
      "ends when it flaps no more",
      [down(1), flapping(2), up(40, { sinceAtMs: at(2) })],
      "update recovered: resolved | none open",
    ],
    [
      "goes on when it flaps no more but is down",
      [down(1), down(2, { marks: ["flapping"], sinceAtMs: t0 }), down(40, { sinceAtMs: t0 })],
      "update less-is-wrong: cause-ended flapping | down P1",
    ],
    // access
    [
      "ends when the login wall goes again",
      [access(1, true), access(5, false)],
      "update recovered: resolved | none open",
    ],
    [
      "ends when the open door is closed again",
      [access(1, false), access(5, true)],
      "update recovered: resolved | none open",
    ],
    [
      "is not told twice of a change of access",
      [access(1, true), access(2, true, { access: { atMs: at(1), isWalled: true } })],
      "none nothing-new:  | access_changed P2",
    ],
    [
      "takes a changed access for normal after a day, with a minute",
      [access(1, true), marked(1 + DAY_MINUTES, ["auth_walled"])],
      "update access-is-normal-now: resolved | none open",
    ],
    [
      "takes a changed access for normal after a day, with time alone",
      [access(1, true), time(1 + DAY_MINUTES)],
      "update access-is-normal-now: resolved | none open",
    ],
    [
      "does so though nothing is known of the endpoint",
      [access(1, true), up(1 + DAY_MINUTES, { committed: "unknown" })],
      "update access-is-normal-now: resolved | none open",
    ],
    [
      "does not do so a moment before",
      [access(1, true), marked(DAY_MINUTES, ["auth_walled"])],
      "none nothing-new:  | access_changed P2",
    ],
    [
      "goes on for its other cause when the access is normal",
      [
        access(1, true),
        marked(2, ["auth_walled", "degraded"]),
        marked(1 + DAY_MINUTES, ["auth_walled", "degraded"]),
      ],
      "update access-is-normal-now: cause-ended access_changed | degraded P2",
    ],
    [
      "goes on for its other cause when time alone makes the access normal",
      [access(1, true), marked(2, ["auth_walled", "degraded"]), time(1 + DAY_MINUTES)],
      "update access-is-normal-now: cause-ended access_changed | degraded P2",
    ],
    [
      "keeps a changed access through an outage",
      [access(1, true), down(5, { regions: [], failureReason: "auth_required" })],
      "update got-worse: severity-rose | access_changed+down P1",
    ],
    [
      "sees after an outage that the wall is gone",
      [access(1, true), down(5), up(9, { sinceAtMs: at(8) })],
      "update recovered: resolved | none open",
    ],
    [
      "sees after an outage that the wall is still there",
      [
        access(1, true),
        down(5),
        marked(9, ["auth_walled"], {
          sinceAtMs: at(8),
          failureReason: "auth_required",
          regions: ["eu-west", "us-east"],
        }),
      ],
      "update got-better: severity-fell, reason-known | access_changed P2",
    ],
    [
      "ignores a change of access that is a day old",
      [access(1 + 2 * DAY_MINUTES, true, { access: { atMs: at(1), isWalled: true } })],
      "none nothing-wrong:  | none open",
    ],
    // the end
    [
      "ends when the endpoint is up",
      [down(1), up(3, { sinceAtMs: at(2) })],
      "update recovered: resolved | none open",
    ],
    ["ends when no mark is left", [marked(1, ["degraded"]), up(3)], "update recovered: resolved | none open"],
    [
      "ends when the budget burns no more",
      [burn(1, true), burn(3, false)],
      "update recovered: resolved | none open",
    ],
    [
      "ends when watching is paused",
      [down(1), gone(2, "endpoint-paused")],
      "update endpoint-paused: resolved | none open",
    ],
    [
      "ends when the endpoint is deleted",
      [down(1), gone(2, "endpoint-deleted")],
      "update endpoint-deleted: resolved | none open",
    ],
    ["stays ended", [down(1), up(3, { sinceAtMs: at(2) }), up(4)], "none nothing-wrong:  | none open"],
    [
      "stays ended when the endpoint goes",
      [down(1), up(3), gone(4, "endpoint-deleted")],
      "none nothing-wrong:  | none open",
    ],
    // after the end
    [
      "is a new one when it goes down again",
      [down(1), up(3, { sinceAtMs: at(2) }), down(9)],
      "insert trouble-began: opened | down P1",
    ],
    [
      "is a new one when degraded later",
      [down(1), up(3, { sinceAtMs: at(2) }), marked(9, ["degraded"])],
      "insert trouble-began: opened | degraded P2",
    ],
    [
      "is a new one when down though a minute of before is looked at",
      [down(1), up(3, { sinceAtMs: at(2) }), down(4, { aboutAtMs: at(1), sinceAtMs: at(2.5) })],
      "insert trouble-began: opened | down P1",
    ],
    [
      "opens again when a corrected minute says that it had not ended",
      [marked(1, ["degraded"]), up(5), marked(6, ["degraded"], { aboutAtMs: at(4) })],
      "update trouble-had-not-ended: reopened | degraded P2",
    ],
    [
      "is a new one when the minute is that of the end",
      [marked(1, ["degraded"]), up(5), marked(6, ["degraded"], { aboutAtMs: at(5) })],
      "insert trouble-began: opened | degraded P2",
    ],
    [
      "is a new one when a budget burns after the end",
      [down(1), up(3), burn(4, true)],
      "insert trouble-began: opened | burn_rate P2",
    ],
    [
      "does not open for a budget that burned before the end",
      [down(1), up(3), { ...burn(3, true), nowMs: at(4) }],
      "none too-old:  | none open",
    ],
    [
      "is an incident again when an outage outlasts a pause",
      [down(1), gone(2, "endpoint-paused"), down(60, { sinceAtMs: t0 })],
      "insert trouble-began: opened | down P1",
    ],
    [
      "does not count the same change of access twice after the end",
      [access(1, true), access(5, false), access(6, false, { access: { atMs: at(5), isWalled: false } })],
      "none nothing-wrong:  | none open",
    ],
  ])("%s", (_name, story, expected) => {
    expect(lastOf(story)).toBe(expected);
  });

  test.each<[name: string, story: Story, expected: string]>([
    ["is not touched by what the endpoint does", [up(0.1)], "none simulated:  | down P1"],
    ["is not touched by other causes", [burn(0.1, true)], "none simulated:  | down P1"],
    ["lasts a minute", [time(0.99)], "none simulated:  | down P1"],
    ["ends by itself", [time(1)], "update simulation-over: resolved | none open"],
    ["does not end by an endpoint that is up a minute later", [up(1)], "none simulated:  | down P1"],
    [
      "ends when watching is paused",
      [gone(0.1, "endpoint-paused")],
      "update endpoint-paused: resolved | none open",
    ],
    [
      "is never opened again",
      [time(1), marked(2, ["degraded"], { aboutAtMs: at(0.5) })],
      "insert trouble-began: opened | degraded P2",
    ],
  ])("that is simulated %s", (_name, story, expected) => {
    expect(lastOf(story, simulated(0))).toBe(expected);
  });

  test("begins with the first failing probe and ends with the first good one", () => {
    const [opened, resolved] = tell([down(3), up(9, { sinceAtMs: at(7) })]);
    expect(opened?.next).toMatchObject({
      startedAtMs: at(2),
      openedAtMs: at(3),
      endedAtMs: null,
      revision: 1,
    });
    expect(resolved?.next).toMatchObject({
      startedAtMs: at(2),
      endedAtMs: at(7),
      resolvedAtMs: at(9),
      causes: [],
      severity: "P1",
      severityWorst: "P1",
      failureReason: "connection_refused",
      regions: ["eu-west", "us-east"],
      revision: 2,
    });
    expect(resolved?.changes[0]?.facts).toEqual({ endedAtMs: at(7), causes: ["down"], severity: "P1" });
  });

  test("that was a warning first began when that did, or earlier", () => {
    const startOf = (sinceAtMs: number) =>
      tell([marked(3, ["degraded"]), down(6, { sinceAtMs })]).at(-1)?.next?.startedAtMs;
    expect([startOf(at(5)), startOf(at(2))]).toEqual([at(3), at(2)]);
  });

  test("that was a warning begins and ends with the minutes that said so", () => {
    const [opened, resolved] = tell([
      marked(3, ["latency"], { aboutAtMs: at(2) }),
      up(9, { aboutAtMs: at(8) }),
    ]);
    expect(opened?.next?.startedAtMs).toBe(at(2));
    expect(resolved?.next).toMatchObject({ endedAtMs: at(8), resolvedAtMs: at(9), severityWorst: "P2" });
  });

  test("that flapped ends with the last good probe, and says that it flapped", () => {
    const resolved = tell([down(1), flapping(2), up(40, { sinceAtMs: at(2) })]).at(-1);
    expect(resolved?.next).toMatchObject({
      endedAtMs: at(2),
      isFlapping: true,
      severity: "P2",
      severityWorst: "P1",
    });
  });

  test("never ends before it began, nor after it was decided", () => {
    const early = tell([down(5), up(6, { sinceAtMs: t0 })]).at(-1);
    expect(early?.next?.endedAtMs).toBe(at(4));
    const late = tell([down(5), up(6, { sinceAtMs: at(9) })]).at(-1);
    expect(late?.next?.endedAtMs).toBe(at(6));
  });

  test("never overlaps the one before", () => {
    const still = down(60, { sinceAtMs: t0 });
    const story = [down(1), gone(5, "endpoint-paused"), still, still];
    expect(tell(story).at(-1)?.next?.startedAtMs).toBe(at(5));
  });

  test("that opens again is the same one, and keeps the worst it was", () => {
    const story = [down(1), up(5, { sinceAtMs: at(4) }), marked(6, ["degraded"], { aboutAtMs: at(3) })];
    expect(tell(story).at(-1)?.next).toMatchObject({
      startedAtMs: t0,
      openedAtMs: at(1),
      resolvedAtMs: null,
      endedAtMs: null,
      severity: "P2",
      severityWorst: "P1",
      revision: 3,
    });
  });

  test("that opens again as flapping, or was, says so", () => {
    const again = marked(6, ["degraded", "flapping"], { aboutAtMs: at(3) });
    expect(tell([down(1), up(5), again]).at(-1)?.next?.isFlapping).toBe(true);
    const was = [down(1), flapping(2), up(40), marked(41, ["degraded"], { aboutAtMs: at(39) })];
    expect(tell(was).at(-1)?.next?.isFlapping).toBe(true);
  });

  test.each<[cause: string, story: Story, reason: string | null]>([
    ["down", [down(1, { failureReason: "timeout" })], "timeout"],
    ["degraded", [marked(1, ["degraded", "latency"], { failureReason: "http_error" })], "http_error"],
    ["regions", [marked(1, ["latency", "regional:eu-west"], { failureReason: "http_error" })], null],
    ["error rate", [marked(1, ["error_rate_elevated", "latency"])], "error_rate_elevated"],
    ["latency", [marked(1, ["latency"])], "latency"],
    ["a new login wall", [access(1, true)], "auth_required"],
    ["a vanished login wall", [access(1, false)], null],
    ["a burning budget", [burn(1, true)], null],
    [
      "the worse cause that came",
      [marked(1, ["latency"]), marked(2, ["degraded"], { failureReason: "http_error" })],
      "http_error",
    ],
    ["what made it flap", [down(1), flapping(2)], "connection_refused"],
  ])("has the failure reason of %s", (_cause, story, reason) => {
    expect(tell(story).at(-1)?.next?.failureReason).toBe(reason);
  });

  test("names regions sorted and once, those of regional warnings among them", () => {
    const [opened] = tell([
      marked(1, ["regional:sa-east", "degraded"], { regions: ["us-east", "eu-west", "us-east"] }),
    ]);
    expect(opened?.next?.regions).toEqual(["eu-west", "sa-east", "us-east"]);
  });

  test("names the regions of the worse trouble, and those it had when that has none", () => {
    const story = [marked(1, ["degraded"], { regions: ["sa-east"] }), down(2)];
    expect(tell(story).at(-1)?.next?.regions).toEqual(["eu-west", "us-east"]);
    const without = [marked(1, ["degraded"], { regions: ["sa-east"] }), down(2, { regions: [] })];
    expect(tell(without).at(-1)?.next?.regions).toEqual(["sa-east"]);
    expect(tell([down(1), flapping(2)]).at(-1)?.next?.regions).toEqual(["eu-west", "us-east"]);
  });

  test("says in its timeline what it was like when it opened", () => {
    expect(tell([down(1)])[0]?.changes).toEqual([
      {
        kind: "opened",
        reason: "trouble-began",
        atMs: at(1),
        key: "opened:1",
        facts: {
          severity: "P1",
          causes: ["down"],
          regions: ["eu-west", "us-east"],
          failureReason: "connection_refused",
          startedAtMs: t0,
        },
      },
    ]);
  });

  test("gives every change of its life another key", () => {
    const story = [
      marked(1, ["degraded", "latency"]),
      down(2),
      marked(3, ["degraded", "latency", "regional:eu-west", "regional:us-east"]),
      down(4),
      marked(5, ["degraded", "flapping"]),
      up(60),
    ];
    const keys = tell(story).flatMap(({ changes }) => changes.map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(12);
  });

  test("wakes when its access becomes normal or its simulation is over, and for nothing else", () => {
    const openOf = (story: Story) => tell(story).at(-1)?.next as Incident;
    expect(incidentWakeAtMs(openOf([access(1, true)]), INCIDENT_RULES)).toBe(at(1 + DAY_MINUTES));
    expect(incidentWakeAtMs(openOf([down(1)]), INCIDENT_RULES)).toBeNull();
    const reverted = openOf([
      access(1, true),
      marked(2, ["degraded"], { access: { atMs: at(2), isWalled: false } }),
    ]);
    expect(reverted.causes).toEqual(["degraded"]);
    expect(incidentWakeAtMs(reverted, INCIDENT_RULES)).toBeNull();
    expect(incidentWakeAtMs(openOf([access(1, true), access(2, false)]), INCIDENT_RULES)).toBeNull();
    expect(incidentWakeAtMs(simulated(1), INCIDENT_RULES)).toBe(at(2));
    expect(incidentWakeAtMs({ ...simulated(1), resolvedAtMs: at(2) }, INCIDENT_RULES)).toBeNull();
  });

  test("leaves what it was given untouched", () => {
    const incident = Object.freeze({ ...simulated(0), isSimulated: false });
    advanceIncident(incident, up(5).update, at(5), INCIDENT_RULES);
    expect(incident.resolvedAtMs).toBeNull();
  });
});

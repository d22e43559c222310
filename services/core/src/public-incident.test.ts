import { describe, expect, test } from "vitest";
import { incidentDurationMs, isRedFlag, type StoredIncident, toPublicIncident } from "./public-incident.ts";

const t0 = Date.UTC(2026, 10, 20, 12);
const MINUTE_MS = 60_000;
const OPEN: StoredIncident = {
  id: "6f2b0d9e-0000-4000-8000-000000000001",
  endpointId: "6f2b0d9e-0000-4000-8000-000000000002",
  startedAtMs: t0,
  endedAtMs: null,
  resolvedAtMs: null,
  severity: "P1",
  severityWorst: "P1",
  causes: ["down"],
  failureReason: "tls_expired",
  regions: ["us-east", "eu-west"],
  isFlapping: false,
  updates: [],
};
const cityOf = (region: string) => ({ "us-east": "Ashburn", "eu-west": "London" })[region] ?? region;
const shown = (change: Partial<StoredIncident>) => toPublicIncident({ ...OPEN, ...change }, cityOf);

describe("a public incident", () => {
  test.each<[string, Partial<StoredIncident>, string]>([
    ["an outage says why", {}, "Down: TLS certificate expired"],
    ["an outage of unknown reason says no more", { failureReason: null }, "Down"],
    ["a reason of a newer release is not repeated", { failureReason: "<b>" }, "Down"],
    [
      "one region alone",
      { severity: "P2", failureReason: null, causes: ["regional:us-east"] },
      "Degraded: Failing from one region",
    ],
    [
      "an error rate",
      { severity: "P2", failureReason: null, causes: ["degraded", "error_rate_elevated"] },
      "Degraded: Error rate elevated",
    ],
    [
      "over: the worst that it was",
      { severity: "P2", severityWorst: "P1", causes: [], resolvedAtMs: t0 + MINUTE_MS },
      "Down: TLS certificate expired",
    ],
    [
      "still degraded after an outage",
      { severity: "P2", severityWorst: "P1", failureReason: null, causes: ["degraded"] },
      "Degraded",
    ],
  ])("is titled by what is the matter: %s", (_case, change, title) => {
    expect(shown(change).title).toBe(title);
  });

  test("names cities, never regions", () => {
    expect(shown({}).cities).toEqual(["Ashburn", "London"]);
  });

  test("lasts from the first failing to the first good probe", () => {
    expect(incidentDurationMs(shown({}), t0 + 7 * MINUTE_MS)).toBe(7 * MINUTE_MS);
    const over = shown({ endedAtMs: t0 + 3 * MINUTE_MS, resolvedAtMs: t0 + 4 * MINUTE_MS });
    expect(incidentDurationMs(over, t0 + 60 * MINUTE_MS)).toBe(3 * MINUTE_MS);
    expect(shown({ endedAtMs: t0 + 3 * MINUTE_MS }).endedAtMs).toBeNull();
    expect(incidentDurationMs(shown({ startedAtMs: t0 + MINUTE_MS }), t0)).toBe(0);
  });

  test.each<[string, Partial<StoredIncident>, number, boolean]>([
    ["14 min 59 s of outage", {}, 15 * MINUTE_MS - 1, false],
    ["15 min of outage", {}, 15 * MINUTE_MS, true],
    ["15 min of trouble", { severity: "P2" }, 15 * MINUTE_MS, false],
    ["an outage that is over", { resolvedAtMs: t0 + MINUTE_MS }, 60 * MINUTE_MS, false],
  ])("is flagged in red after a quarter of an hour of outage: %s", (_case, change, afterMs, flagged) => {
    expect(isRedFlag(shown(change), t0 + afterMs)).toBe(flagged);
  });

  test("an update keeps its lines and loses what could reorder or end them", () => {
    const body = "We see it.\r\n\r\n\r\n\u202eevil\u0000\ttext\n";
    expect(shown({ updates: [{ stage: "identified", body, atMs: t0 }] }).updates).toEqual([
      { stage: "identified", body: "We see it.\n\nevil text", atMs: t0 },
    ]);
  });
});

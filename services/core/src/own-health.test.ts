import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeOwnHealth, type OwnHealthFigures, type OwnHealthState, ownHealthTitle } from "./own-health.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21, 3);
const fine: OwnHealthFigures = {
  sends: 1_000,
  sendsFailed: 0,
  sinksFailed: 0,
  routerLagMs: 100,
  oldestDueMs: 0,
  regionsMissing: [],
  regionsSuspected: [],
};

/** Findings raised and cleared, minute by minute. */
function changesOver(minutes: readonly Partial<OwnHealthFigures>[]): readonly string[] {
  let state: Readonly<Record<string, OwnHealthState>> = {};
  return minutes.flatMap((figures, minute) => {
    const decision = judgeOwnHealth(state, { ...fine, ...figures }, t0 + minute * MINUTE_MS);
    state = decision.next;
    return decision.changes.map(({ finding, kind }) => `${minute} ${finding} ${kind}`);
  });
}
const minutes = (count: number, figures: Partial<OwnHealthFigures> = {}) =>
  Array.from({ length: count }, () => figures);

test.each([
  ["all is well", minutes(20), []],
  ["1 % of sends fail: not more than 1 %", minutes(9, { sendsFailed: 10, sinksFailed: 5 }), []],
  [
    "1.1 % of sends fail for two minutes",
    minutes(4, { sendsFailed: 11, sinksFailed: 5 }),
    ["2 sends_failing raised"],
  ],
  ["one of 49 sends fails", minutes(9, { sends: 49, sendsFailed: 40, sinksFailed: 5 }), []],
  ["only one receiver fails", minutes(9, { sendsFailed: 500, sinksFailed: 1 }), []],
  ["a minute of failures", [...minutes(1), { sendsFailed: 99, sinksFailed: 9 }, ...minutes(9)], []],
  [
    "failures that go down to 0.8 % and back",
    [
      ...minutes(3, { sendsFailed: 11, sinksFailed: 5 }),
      ...minutes(9, { sendsFailed: 8, sinksFailed: 5 }),
      ...minutes(3, { sendsFailed: 11, sinksFailed: 5 }),
    ],
    ["2 sends_failing raised"],
  ],
  [
    "failures that end",
    [...minutes(3, { sendsFailed: 11, sinksFailed: 5 }), ...minutes(6)],
    ["2 sends_failing raised", "8 sends_failing cleared"],
  ],
  ["lag of half a minute", minutes(9, { routerLagMs: 30_000 }), []],
  ["lag of more", minutes(3, { routerLagMs: 30_001 }), ["2 router_lagging raised"]],
  [
    "deliveries wait for more than two minutes",
    minutes(3, { oldestDueMs: 120_001 }),
    ["2 deliveries_waiting raised"],
  ],
  [
    "two regions are missing, one returns",
    [
      ...minutes(3, { regionsMissing: ["eu-west", "sa-east"] }),
      ...minutes(6, { regionsMissing: ["sa-east"] }),
    ],
    [
      "2 region_missing:eu-west raised",
      "2 region_missing:sa-east raised",
      "8 region_missing:eu-west cleared",
    ],
  ],
  [
    "a region is suspected",
    minutes(3, { regionsSuspected: ["us-west"] }),
    ["2 region_suspected:us-west raised"],
  ],
  [
    "a region is missing every other minute",
    Array.from({ length: 20 }, (_, n) => ({ regionsMissing: n % 2 ? [] : ["eu-west"] })),
    [],
  ],
] as const)("%s", (_name, story, expected) => {
  expect(changesOver(story)).toEqual(expected);
});

test("each sentence says the figure it is about", () => {
  const before = {
    router_lagging: { isRaised: false, turningSinceMs: t0 - 5 * MINUTE_MS, raisedAtMs: null },
  };
  expect(judgeOwnHealth(before, { ...fine, routerLagMs: 95_400 }, t0).changes).toEqual([
    {
      finding: "router_lagging",
      kind: "raised",
      raisedAtMs: t0,
      sentence: "The oldest unhandled entry of the verdict streams is 95 s old.",
    },
  ]);
});

test("a finding is never raised twice without being cleared in between, and never more often than every seven minutes", () => {
  const figures = fc.record({
    sendsFailed: fc.constantFrom(0, 8, 11, 500),
    sinksFailed: fc.constant(3),
    routerLagMs: fc.constantFrom(0, 20_000, 60_000),
    oldestDueMs: fc.constantFrom(0, 60_000, 600_000),
    regionsMissing: fc.subarray(["eu-west", "us-east"]),
  });
  fc.assert(
    fc.property(fc.array(figures, { maxLength: 120 }), (story) => {
      const last = new Map<string, { kind: string; minute: number }>();
      for (const change of changesOver(story)) {
        const [minute, finding = "", kind = ""] = change.split(" ");
        const before = last.get(finding);
        expect(before?.kind ?? "cleared").not.toBe(kind);
        if (before && kind === "raised") {
          expect(Number(minute) - before.minute).toBeGreaterThanOrEqual(2);
        }
        last.set(finding, { kind, minute: Number(minute) });
      }
    }),
  );
});

test.each([
  ["sends_failing", "Messages cannot be delivered"],
  ["router_lagging", "The alert router lags"],
  ["deliveries_waiting", "Messages wait too long"],
  ["region_missing:eu-west", "Region eu-west is missing"],
  ["region_suspected:eu-west", "Region eu-west is suspected"],
] as const)("%s is called: %s", (finding, title) => {
  expect(ownHealthTitle(finding)).toBe(title);
});

test("the end of a finding names the same occurrence as its beginning", () => {
  const missing = { ...fine, regionsMissing: ["eu-west"] };
  const first = judgeOwnHealth({}, missing, t0);
  const raised = judgeOwnHealth(first.next, missing, t0 + 2 * MINUTE_MS);
  const turning = judgeOwnHealth(raised.next, fine, t0 + 10 * MINUTE_MS);
  const cleared = judgeOwnHealth(turning.next, fine, t0 + 15 * MINUTE_MS);
  expect(raised.changes[0]?.raisedAtMs).toBe(t0 + 2 * MINUTE_MS);
  expect(cleared.changes).toEqual([
    {
      finding: "region_missing:eu-west",
      kind: "cleared",
      raisedAtMs: t0 + 2 * MINUTE_MS,
      sentence: "eu-west reports again.",
    },
  ]);
  expect(cleared.next).toEqual({});
});

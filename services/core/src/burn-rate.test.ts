import fc from "fast-check";
import { expect, test } from "vitest";
import {
  advanceBurnRate,
  BURN_WINDOW_MS,
  BURN_WINDOWS,
  type BurnCount,
  type BurnState,
  type BurnWindow,
} from "./burn-rate.ts";
import { PLANS } from "./plans.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21, 3);
const whole = (window: BurnWindow) => BURN_WINDOW_MS[window] / MINUTE_MS;

/** Full windows with so many bad minutes each. */
const counts = (bad: Partial<Record<BurnWindow, number>>, measured = 1) =>
  Object.fromEntries(
    BURN_WINDOWS.map((window) => [window, { counted: whole(window) * measured, bad: bad[window] ?? 0 }]),
  ) as Record<BurnWindow, BurnCount>;
const input = (bad: Partial<Record<BurnWindow, number>>, sloTarget: number | null = 0.99, measured = 1) => ({
  plan: PLANS.team,
  sloTarget,
  counts: counts(bad, measured),
});
const state = (pace: BurnState["pace"], heldAgoMs: number): BurnState => ({
  pace,
  sinceMs: t0 - 3_600_000,
  heldAtMs: t0 - heldAgoMs,
});

// With a target of 99 %, 14.4 is 8.64 of 60 min and 0.72 of 5; 6 is 21.6 of 360 and 1.8 of 30; 1 is 43.2 of 4,320 and 3.6 of 360.
test.each([
  ["nothing bad", null, input({}), null, "not_burning"],
  ["9 bad minutes in the hour, one in the last five", null, input({ "1h": 9, "5m": 1 }), "fast", "burning"],
  ["8 bad minutes in the hour", null, input({ "1h": 8, "5m": 5 }), null, "not_burning"],
  ["9 bad minutes in the hour, none of them now", null, input({ "1h": 9, "5m": 0 }), null, "not_burning"],
  [
    "22 bad minutes in six hours, two in the last 30",
    null,
    input({ "6h": 22, "30m": 2 }),
    "steady",
    "burning",
  ],
  [
    "22 bad minutes in six hours, one in the last 30",
    null,
    input({ "6h": 22, "30m": 1 }),
    null,
    "not_burning",
  ],
  ["44 bad minutes in three days, four in six hours", null, input({ "3d": 44, "6h": 4 }), "slow", "burning"],
  [
    "44 bad minutes in three days, three in six hours",
    null,
    input({ "3d": 44, "6h": 3 }),
    null,
    "not_burning",
  ],
  ["fast and slow at once", null, input({ "1h": 9, "5m": 1, "3d": 44, "6h": 9 }), "fast", "burning"],
  [
    "two bad minutes against 99.99 %: a blip",
    null,
    input({ "1h": 2, "5m": 2, "6h": 2, "30m": 2, "3d": 2 }, 0.9999),
    null,
    "not_burning",
  ],
  ["three bad minutes against 99.99 %", null, input({ "1h": 3, "5m": 3 }, 0.9999), "fast", "burning"],
  ["a third of the windows measured", null, input({ "1h": 9, "5m": 1 }, 0.99, 0.33), null, "not_burning"],
  ["quiet for 29 min after burning", state("fast", 29 * MINUTE_MS), input({}), "fast", "cooling_down"],
  ["quiet for 30 min after burning", state("fast", 30 * MINUTE_MS), input({}), null, "over"],
  [
    "milder than a moment ago",
    state("fast", MINUTE_MS),
    input({ "6h": 22, "30m": 2 }),
    "fast",
    "cooling_down",
  ],
  [
    "milder for half an hour",
    state("fast", 30 * MINUTE_MS),
    input({ "6h": 22, "30m": 2 }),
    "steady",
    "burning",
  ],
  ["worse than a moment ago", state("slow", MINUTE_MS), input({ "1h": 9, "5m": 1 }), "fast", "burning"],
  ["no target", state("fast", 0), input({ "1h": 60, "5m": 5 }, null), null, "no_target"],
  [
    "the Author plan",
    state("fast", 0),
    { ...input({ "1h": 60, "5m": 5 }), plan: PLANS.author },
    null,
    "not_in_plan",
  ],
  ["the Public plan", null, { ...input({ "1h": 60, "5m": 5 }), plan: PLANS.public }, null, "not_in_plan"],
  [
    "the Enterprise plan",
    null,
    { ...input({ "1h": 60, "5m": 5 }), plan: PLANS.enterprise },
    "fast",
    "burning",
  ],
] as const)("%s", (_name, before, asked, pace, reason) => {
  const decision = advanceBurnRate(before, asked, t0);
  expect([decision.next?.pace ?? null, decision.reason]).toEqual([pace, reason]);
});

test("it says since when it burns, and how fast", () => {
  const { next, rate } = advanceBurnRate(state("slow", MINUTE_MS), input({ "1h": 30, "5m": 5 }), t0);
  expect(next).toEqual({ pace: "fast", sinceMs: t0 - 3_600_000, heldAtMs: t0 });
  expect(rate).toBeCloseTo(50);
});

test("more bad minutes never make it milder", () => {
  const paces = ["slow", "steady", "fast"];
  const rank = (bad: Partial<Record<BurnWindow, number>>) =>
    paces.indexOf(advanceBurnRate(null, input(bad), t0).next?.pace ?? "none");
  const bad = fc.record({
    "5m": fc.nat(5),
    "30m": fc.nat(30),
    "1h": fc.nat(60),
    "6h": fc.nat(360),
    "3d": fc.nat(4_320),
  });
  fc.assert(
    fc.property(bad, fc.constantFrom(...BURN_WINDOWS), (some, window) => {
      expect(rank({ ...some, [window]: whole(window) })).toBeGreaterThanOrEqual(rank(some));
    }),
  );
});

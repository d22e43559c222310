import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROBE_STATES } from "./states.ts";
import {
  addMinutes,
  authWalledShare,
  type CountedMinute,
  countMinutes,
  type MinuteCounts,
  NO_MINUTES,
  type Span,
  uptimePercent,
  uptimeRatio,
} from "./uptime.ts";

const t0 = Date.UTC(2026, 10, 21);
const MINUTE_MS = 60_000;
const at = (minute: number) => t0 + minute * MINUTE_MS;
const row = (minute: number, change: Partial<CountedMinute> = {}): CountedMinute => ({
  minuteAtMs: at(minute),
  state: "up",
  coversMinutes: 1,
  askedCount: 3,
  notDownCount: 3,
  ...change,
});
const span = (from: number, to: number | null): Span => ({
  fromMs: at(from),
  toMs: to === null ? null : at(to),
});
const count = (
  rows: readonly CountedMinute[],
  downSpans: readonly Span[] = [],
  more: { maintenanceSpans?: readonly Span[]; firstWatchedAtMs?: number } = {},
) => countMinutes(rows, { downSpans, maintenanceSpans: [], firstWatchedAtMs: 0, ...more });
const counts = (change: Partial<MinuteCounts>): MinuteCounts => ({ ...NO_MINUTES, ...change });

describe("counting", () => {
  test.each<[string, MinuteCounts, MinuteCounts]>([
    ["no row is no minute", count([]), counts({})],
    [
      "every state has its own count",
      count(PROBE_STATES.map((state, n) => row(n, { state }))),
      counts({ up: 1, degraded: 1, down: 1, authWalled: 1, unknown: 1 }),
    ],
    [
      "a row counts for its cadence",
      count([row(0, { coversMinutes: 15 }), row(15, { state: "down", coversMinutes: 15 })]),
      counts({ up: 15, down: 15 }),
    ],
    [
      "a look's minute is taken from the row before",
      count([row(0, { coversMinutes: 15, state: "down" }), row(5), row(6), row(15, { coversMinutes: 15 })]),
      counts({ down: 13, up: 17 }),
    ],
    [
      "a shortened cadence takes over at once",
      count([row(0, { coversMinutes: 60, state: "down" }), row(50, { coversMinutes: 15 })]),
      counts({ down: 50, up: 15 }),
    ],
    [
      "a row keeps its own minute whatever follows",
      count([row(0, { coversMinutes: 2 }), row(1), row(1, { state: "down" })]),
      counts({ up: 2, down: 1 }),
    ],
    [
      "a degraded minute of an outage is down without a not-down quorum",
      count([row(0, { state: "degraded", notDownCount: 1 })], [span(0, 5)]),
      counts({ down: 1 }),
    ],
    [
      "a degraded minute of an outage stays with a not-down quorum",
      count([row(0, { state: "degraded", notDownCount: 2 })], [span(0, 5)]),
      counts({ degraded: 1 }),
    ],
    [
      "of one region asked, one not-down is a quorum",
      count([row(0, { askedCount: 1, notDownCount: 1 })], [span(0, 5)]),
      counts({ up: 1 }),
    ],
    [
      "an unknown minute of an outage stays unknown",
      count([row(0, { state: "unknown", notDownCount: 0 })], [span(0, 5)]),
      counts({ unknown: 1 }),
    ],
    [
      "the minute of the first failure is inside",
      count([row(0, { state: "degraded", notDownCount: 1 })], [{ fromMs: at(0) + 30_000, toMs: null }]),
      counts({ down: 1 }),
    ],
    [
      "the minute after the outage is outside",
      count([row(5, { state: "degraded", notDownCount: 1 })], [span(0, 5)]),
      counts({ degraded: 1 }),
    ],
    [
      "the minute before the outage is outside",
      count([row(4, { state: "degraded", notDownCount: 1 })], [span(5, null)]),
      counts({ degraded: 1 }),
    ],
    [
      "maintenance is for or against nobody, down or not",
      count([row(0, { state: "down" }), row(1)], [span(0, 2)], { maintenanceSpans: [span(0, 2)] }),
      counts({ maintenance: 2 }),
    ],
    [
      "minutes before the endpoint was first watched do not exist",
      count([row(0, { state: "down" }), row(1)], [], { firstWatchedAtMs: at(1) + 20_000 }),
      counts({ up: 1 }),
    ],
  ])("%s", (_name, counted, expected) => {
    expect(counted).toEqual(expected);
  });

  test("a day cut anywhere counts the same as in one piece, when rows cover one minute", () => {
    const rows = fc
      .array(fc.constantFrom(...PROBE_STATES), { maxLength: 50 })
      .map((states) => states.map((state, n) => row(n, { state, notDownCount: n % 3 })));
    fc.assert(
      fc.property(rows, fc.nat(50), (all, cut) => {
        const spans = [span(10, 20)];
        expect(addMinutes([count(all.slice(0, cut), spans), count(all.slice(cut), spans)])).toEqual(
          count(all, spans),
        );
      }),
    );
  });
});

describe("the formula", () => {
  test.each<[string, Partial<MinuteCounts>, number | null]>([
    ["nothing measured", { unknown: 5, maintenance: 5 }, null],
    ["up, degraded and walled count as up", { up: 1, degraded: 1, authWalled: 1, down: 1 }, 75],
    ["unknown and maintenance count for nobody", { up: 1, down: 1, unknown: 98, maintenance: 900 }, 50],
    ["one bad minute in 90 days is not 100", { up: 129_599, down: 1 }, 99.99],
    ["one bad minute in seven years is not 100", { up: 3_681_719, down: 1 }, 99.99],
    ["a perfect window is 100", { up: 43_200 }, 100],
    ["99.9 is 99.9 and not a hair less", { up: 999, down: 1 }, 99.9],
    ["floored, not rounded", { up: 2, down: 1 }, 66.66],
    ["all down", { down: 3 }, 0],
  ])("%s", (_name, change, percent) => {
    expect(uptimePercent(counts(change))).toBe(percent);
  });

  test("the ratio is 1 only without a down minute, and the walled share is part of it", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), (up, down, authWalled) => {
        const all = counts({ up, down, authWalled });
        const ratio = uptimeRatio(all);
        expect(ratio === 1).toBe(down === 0 && up + authWalled > 0);
        expect((authWalledShare(all) ?? 0) <= (ratio ?? 0)).toBe(true);
        expect(ratio === null).toBe(up + down + authWalled === 0);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { regionsOfEndpoint } from "./endpoint-plan.ts";
import { MINUTE_MS, minuteOf } from "./pipeline.ts";
import {
  coversMinutes,
  hashOfId,
  honouredRetryAfterMs,
  lastSlotOfMinuteAtMs,
  regionsOfSlot,
  slotInWindow,
  stretchTiming,
  type Timing,
  WINDOW_MS,
  wantedCadenceS,
  windowOf,
} from "./schedule.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const DAY_MS = 86_400_000;

const cadenceMs = fc.constantFrom(30_000, 60_000, 120_000, 300_000, 900_000, 3_600_000);
const timing: fc.Arbitrary<Timing> = fc
  .tuple(cadenceMs, fc.nat())
  .map(([cadence, n]) => ({ cadenceMs: cadence, phaseMs: n % cadence }));
const instant = fc.integer({ min: t0 - 400 * DAY_MS, max: t0 + 400 * DAY_MS });

describe("slots", () => {
  test("windows one after the other find every slot exactly once, one cadence apart", () => {
    fc.assert(
      fc.property(timing, instant, (one, at) => {
        const slots: number[] = [];
        for (let from = windowOf(at), n = 0; n < (3 * one.cadenceMs) / WINDOW_MS; n += 1, from += WINDOW_MS) {
          const slot = slotInWindow(one, from, from + WINDOW_MS);
          if (slot !== null) {
            slots.push(slot);
          }
        }
        expect(slots).toHaveLength(3);
        expect(slots.map((slot) => slot % one.cadenceMs)).toEqual(Array(3).fill(one.phaseMs));
        expect(new Set(slots).size).toBe(3);
      }),
      { numRuns: 50 },
    );
  });

  test("the last slot of a minute is a slot, in that minute, and the next one is not", () => {
    fc.assert(
      fc.property(timing, instant, (one, at) => {
        const slot = slotInWindow(one, at, at + one.cadenceMs) as number;
        const last = lastSlotOfMinuteAtMs(one, slot);
        expect(last % one.cadenceMs).toBe(one.phaseMs);
        expect(minuteOf(last)).toBe(minuteOf(slot));
        expect(minuteOf(last + one.cadenceMs)).toBeGreaterThan(minuteOf(slot));
        expect(last).toBeGreaterThanOrEqual(slot);
      }),
    );
  });

  test("at a 30-s cadence the first slot of a minute knows the second", () => {
    expect(lastSlotOfMinuteAtMs({ cadenceMs: 30_000 }, t0 + 10_000)).toBe(t0 + 40_000);
    expect(lastSlotOfMinuteAtMs({ cadenceMs: 30_000 }, t0 + 40_000)).toBe(t0 + 40_000);
  });

  test("a stretched timing keeps one in so many of the same slots", () => {
    fc.assert(
      fc.property(timing, fc.integer({ min: 1, max: 8 }), fc.nat(), instant, (one, factor, hash, at) => {
        const stretched = stretchTiming(one, factor, hash);
        const slot = slotInWindow(stretched, at, at + stretched.cadenceMs) as number;
        expect(slot % one.cadenceMs).toBe(one.phaseMs);
        expect(stretched.cadenceMs).toBe(factor * one.cadenceMs);
        expect(stretched.phaseMs).toBeLessThan(stretched.cadenceMs);
      }),
    );
  });

  test("a verdict-minute covers its cadence, and at least one minute", () => {
    expect([30_000, 60_000, 90_000, 900_000].map(coversMinutes)).toEqual([1, 1, 2, 15]);
  });

  test("ids spread evenly over a minute", () => {
    const seconds = Array.from({ length: 60 }, () => 0);
    for (let n = 0; n < 60_000; n += 1) {
      const second = Math.floor((hashOfId(`endpoint-${n}`) % MINUTE_MS) / 1_000);
      seconds[second] = (seconds[second] as number) + 1;
    }
    expect(Math.min(...seconds)).toBeGreaterThan(850);
    expect(Math.max(...seconds)).toBeLessThan(1_150);
  });

  test("the hash is FNV-1a of 32 bits", () => {
    expect([hashOfId(""), hashOfId("a"), hashOfId("foobar")]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  });
});

describe("cadence of the long dead", () => {
  const unclaimed = { cadenceS: 60, isUnclaimed: true, isFollowed: false, deadSinceMs: null };
  const deadFor = (ms: number) => ({ ...unclaimed, deadSinceMs: t0 - ms });
  test.each([
    ["alive: every minute", unclaimed, 60],
    ["dead for less than a week: every minute", deadFor(7 * DAY_MS - 1), 60],
    ["dead for a week: every quarter of an hour", deadFor(7 * DAY_MS), 900],
    ["dead for less than a month: every quarter of an hour", deadFor(30 * DAY_MS - 1), 900],
    ["dead for a month: hourly", deadFor(30 * DAY_MS), 3_600],
    ["dead but followed: kept", { ...deadFor(60 * DAY_MS), isFollowed: true }, 60],
    ["dead but claimed: kept", { ...deadFor(60 * DAY_MS), isUnclaimed: false, cadenceS: 30 }, 30],
    ["slower than the slow-down: kept", { ...deadFor(60 * DAY_MS), cadenceS: 86_400 }, 86_400],
    [
      "unclaimed with an impatient follower: not below a minute",
      { ...unclaimed, isFollowed: true, cadenceS: 30 },
      60,
    ],
  ])("%s", (_name, plan, cadenceS) => {
    expect(wantedCadenceS(plan, t0)).toBe(cadenceS);
  });
});

describe("regions", () => {
  const installed = ["us-east", "eu-west", "sa-east"];

  test("a claimed endpoint is probed from all its regions at once", () => {
    const input = { isUnclaimed: false, hash: 7, cadenceMs: 60_000 };
    expect(regionsOfSlot(input, t0, installed)).toEqual(installed);
  });

  test("an unclaimed endpoint is probed from one region, which moves on with every slot", () => {
    const input = { isUnclaimed: true, hash: 7, cadenceMs: 60_000 };
    const turns = Array.from({ length: 6 }, (_, n) => regionsOfSlot(input, t0 + 500 + n * 60_000, installed));
    expect(turns.map((turn) => turn.length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set(turns.slice(0, 3).flat()).size).toBe(3);
    expect(turns.slice(3)).toEqual(turns.slice(0, 3));
  });

  test.each([
    ["no choice means all", [], installed],
    ["a choice is kept in the installation's order", ["sa-east", "us-east"], ["us-east", "sa-east"]],
    ["a choice of regions that are gone means all", ["xx-gone"], installed],
  ])("%s", (_name, regions, expected) => {
    expect(regionsOfEndpoint({ regions }, installed)).toEqual(expected);
  });
});

test("Retry-After is honoured, for an hour at most", () => {
  expect(honouredRetryAfterMs(t0, 120_000)).toBe(t0 + 120_000);
  expect(honouredRetryAfterMs(t0, 365 * DAY_MS)).toBe(t0 + 3_600_000);
});

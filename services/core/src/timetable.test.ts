import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOfId, slotInWindow } from "./schedule.ts";
import { timetableOfDomain, timingOf } from "./timetable.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const DAY_MS = 86_400_000;

const unclaimed = (id: string, deadDays = 0) => ({
  id,
  cadenceS: 60,
  isUnclaimed: true,
  isFollowed: false,
  deadSinceMs: deadDays === 0 ? null : t0 - deadDays * DAY_MS,
  registrableDomain: "example.com",
});
const many = (count: number, deadDays = 0) =>
  Array.from({ length: count }, (_, n) => unclaimed(`endpoint-${deadDays}-${n}`, deadDays));

function startsBySecond(plans: ReturnType<typeof many>, fromMs: number, seconds: number): number[] {
  const table = timetableOfDomain(plans, t0);
  return Array.from({ length: seconds }, (_, second) => {
    const atMs = fromMs + second * 1_000;
    return [...table.values()].filter((timing) => slotInWindow(timing, atMs, atMs + 1_000) !== null).length;
  });
}

describe("endpoints of one registrable domain that nobody claimed", () => {
  test("never start twice in one second, however many there are and however long dead", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 130 }),
        fc.nat({ max: 60 }),
        fc.nat({ max: 60 }),
        fc.nat({ max: 1_000 }),
        (live, week, month, minute) => {
          const plans = [...many(live), ...many(week, 8), ...many(month, 40)];
          const starts = startsBySecond(plans, t0 + minute * 60_000, 300);
          expect(Math.max(0, ...starts)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each([
    ["60 living ones keep their minute", many(60), 60_000],
    ["61 living ones share two minutes", many(61), 120_000],
    ["3,000 living ones are asked every 50 minutes", many(3_000), 3_000_000],
    [
      "59 living ones beside 15 that are dead for a week keep their minute",
      [...many(59), ...many(15, 8)],
      60_000,
    ],
    [
      "59 living ones beside 60 that are dead for a month keep their minute",
      [...many(59), ...many(60, 40)],
      60_000,
    ],
    ["60 living ones beside one that is dead do not", [...many(60), ...many(1, 40)], 120_000],
  ])("%s", (_name, plans, cadenceMs) => {
    const timing = timetableOfDomain(plans, t0).get("endpoint-0-0");
    expect(timing?.cadenceMs).toBe(cadenceMs);
  });

  test("a full timetable uses every second", () => {
    expect(startsBySecond(many(60), t0, 60)).toEqual(Array(60).fill(1));
  });

  test("the long dead keep their slow rhythm, rounded up to whole rounds", () => {
    const table = timetableOfDomain([...many(100), ...many(1, 8), ...many(1, 40)], t0);
    expect(table.get("endpoint-0-0")?.cadenceMs).toBe(120_000);
    expect(table.get("endpoint-8-0")?.cadenceMs).toBe(8 * 120_000);
    expect(table.get("endpoint-40-0")?.cadenceMs).toBe(32 * 120_000);
  });

  test("a longer cadence of one's own is kept", () => {
    const table = timetableOfDomain([{ ...unclaimed("slow"), cadenceS: 300 }, unclaimed("quick")], t0);
    expect(table.get("slow")?.cadenceMs).toBe(300_000);
    expect(table.get("quick")?.cadenceMs).toBe(60_000);
  });

  test("endpoints of many domains that start every five minutes do not all start in the same one", () => {
    const minutes = Array.from({ length: 60 }, (_, n) => {
      const of = { registrableDomain: `d${n}.example` };
      const plans = [
        { ...unclaimed(`slow-${n}`), ...of, cadenceS: 300 },
        { ...unclaimed(`quick-${n}`), ...of },
      ];
      return Math.floor((timetableOfDomain(plans, t0).get(`slow-${n}`)?.phaseMs ?? 0) / 60_000);
    });
    expect(new Set(minutes)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  test("domains do not start together at full seconds", () => {
    const offsets = ["a.example", "b.example", "c.example"].map((registrableDomain) => {
      const plans = many(2).map((plan) => ({ ...plan, registrableDomain }));
      const phases = [...timetableOfDomain(plans, t0).values()].map(({ phaseMs }) => phaseMs % 1_000);
      expect(new Set(phases).size, "one domain keeps whole seconds between its starts").toBe(1);
      return phases[0];
    });
    expect(new Set(offsets).size).toBe(3);
  });

  test("the order in which they are listed does not matter", () => {
    const plans = many(80);
    const shuffled = plans.toSorted((a, b) => a.id.length - b.id.length || (a.id < b.id ? 1 : -1));
    const sorted = (table: ReadonlyMap<string, unknown>) => [...table].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(timetableOfDomain(shuffled, t0))).toEqual(sorted(timetableOfDomain(plans, t0)));
  });

  test("a newcomer moves few of the others", () => {
    const before = timetableOfDomain(many(30), t0);
    const after = timetableOfDomain([...many(30), unclaimed("newcomer")], t0);
    const moved = [...before].filter(([id, timing]) => after.get(id)?.phaseMs !== timing.phaseMs);
    expect(moved.length).toBeLessThan(10);
  });

  test("one alone has the phase of its id, like a claimed one", () => {
    const [alone] = many(1);
    expect(timetableOfDomain(alone ? [alone] : [], t0).get("endpoint-0-0")).toEqual(
      timingOf(unclaimed("endpoint-0-0"), t0),
    );
    expect(timetableOfDomain([], t0).size).toBe(0);
  });

  test("ids whose hashes are equal still get different seconds", () => {
    expect(hashOfId("costarring")).toBe(hashOfId("liquid"));
    const plans = ["costarring", "liquid"].map((id) => unclaimed(id));
    const phases = [...timetableOfDomain(plans, t0).values()].map(({ phaseMs }) => phaseMs);
    expect(new Set(phases).size).toBe(2);
    expect(timetableOfDomain(plans.toReversed(), t0)).toEqual(timetableOfDomain(plans, t0));
  });
});

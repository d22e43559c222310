import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayBars } from "./day-bars.ts";
import { toDayBars } from "./to-day-bars.ts";

const DAY_MS = 86_400_000;
const t0 = Date.UTC(2026, 10, 20, 12, 7, 0);

describe("day bars", () => {
  const row = {
    day: "2026-11-20",
    upMinutes: 700,
    degradedMinutes: 20,
    downMinutes: 7,
    authWalledMinutes: 0,
    unknownMinutes: 13,
  };

  test("unknown minutes count neither way, degraded counts as up", () => {
    expect(toDayBars([row], 1, 0, t0)).toMatchObject([
      { kind: "measured", countedMinutes: 727, uptimeRatio: 720 / 727, unknownMinutes: 13 },
    ]);
  });
  test("days before the first watched one are told from days without measurement", () => {
    const kinds = toDayBars([row], 4, t0 - 2 * DAY_MS, t0).map((day) => day.kind);
    expect(kinds).toEqual(["before", "unmeasured", "unmeasured", "measured"]);
  });
  test("a day of unknown minutes only is not measured, not 0 %", () => {
    const [day] = toDayBars([{ ...row, upMinutes: 0, degradedMinutes: 0, downMinutes: 0 }], 1, 0, t0);
    expect(day?.kind).toBe("unmeasured");
  });
  test("one bad minute is visible, and no bar leaves its frame", () => {
    fc.assert(
      fc.property(fc.nat(1_440), fc.nat(1_440), fc.nat(1_440), (upMinutes, degradedMinutes, downMinutes) => {
        const days = toDayBars([{ ...row, upMinutes, degradedMinutes, downMinutes }], 1, 0, t0);
        const svg = String(dayBars(days));
        for (const [, y, height] of svg.matchAll(/y="([\d.-]+)" width="8" height="([\d.-]+)"/g)) {
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y) + Number(height)).toBeLessThanOrEqual(40.01);
        }
        expect(svg.includes("bar-down")).toBe(downMinutes > 0);
      }),
    );
  });
});

import { describe, expect, test } from "vitest";
import { advanceBurnRate, type BurnCount } from "./burn-rate.ts";
import { decideMemberResolve } from "./group-incidents.ts";
import { sharedCausesOf } from "./shared-cause.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const calm: BurnCount = { counted: 1_000, bad: 0 };

/** The pace at a target of 99 % when the windows of an hour and five minutes say so. */
function paceOf(hour: BurnCount, fiveMinutes: BurnCount, others = calm): string | null {
  const counts = { "5m": fiveMinutes, "30m": others, "1h": hour, "6h": others, "3d": others };
  const input = { plan: { hasBurnRateAlerts: true }, sloTarget: 0.99, counts };
  return advanceBurnRate(null, input, NOW).next?.pace ?? null;
}

describe("a rule at its bound", () => {
  test("a budget burns fast above 14.4 times its pace, and not just below", () => {
    const below: BurnCount = { counted: 1_000, bad: 142 };
    const above: BurnCount = { counted: 1_000, bad: 145 };
    expect([paceOf(below, below), paceOf(above, above)]).toEqual([null, "fast"]);
  });

  test("a window of which less than half was measured says nothing", () => {
    const few: BurnCount = { counted: 4, bad: 0 };
    const short: BurnCount = { counted: 5, bad: 5 };
    expect(paceOf({ counted: 29, bad: 29 }, short, few)).toBeNull();
    expect(paceOf({ counted: 30, bad: 30 }, short, few)).toBe("fast");
  });

  test("an anchor that recovered stays open while somebody is down of whom only it tells", () => {
    const member = { isAnchor: false, isFolded: true, othersOpen: 1, isAnchorHeld: true };
    expect(decideMemberResolve({ ...member, foldedOpen: 1 }).resolvesAnchor).toBe(false);
    expect(decideMemberResolve({ ...member, foldedOpen: 0 }).resolvesAnchor).toBe(true);
  });

  test("a shared cause fits its column, however long a host calls itself", () => {
    const host = "x".repeat(400);
    const causes = sharedCausesOf({ host, registrableDomain: host, failureReason: null, regions: [] });
    expect(causes.map(({ length }) => length)).toEqual([300, 300]);
  });
});

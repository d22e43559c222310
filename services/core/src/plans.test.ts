import { expect, test } from "vitest";
import { isPlanName, PLAN_NAMES, PLANS } from "./plans.ts";

test("every plan stands in the table under its own name", () => {
  expect(PLAN_NAMES.map((name) => PLANS[name].name)).toEqual(PLAN_NAMES);
});

test("a dearer plan never gives less", () => {
  const rising = [
    "priceUsdPerMonth",
    "endpointsMax",
    "privateEndpointsMax",
    "minuteHistoryDays",
    "dayHistoryDays",
    "sinksMax",
    "alertsPerDayMax",
    "apiRequestsPerMinuteMax",
    "membersMax",
  ] as const;
  for (const limit of rising) {
    const values = PLAN_NAMES.map((name) => PLANS[name][limit]);
    expect(values, limit).toEqual(values.toSorted((a, b) => a - b));
  }
  expect(PLANS.enterprise.cadenceSMin).toBeLessThan(PLANS.team.cadenceSMin);
});

test("days are kept at least as long as minutes", () => {
  for (const plan of Object.values(PLANS)) {
    expect(plan.dayHistoryDays).toBeGreaterThanOrEqual(plan.minuteHistoryDays);
  }
});

test("only words of the table name a plan", () => {
  expect(isPlanName("team")).toBe(true);
  expect(isPlanName("toString")).toBe(false);
});

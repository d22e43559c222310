import fc from "fast-check";
import { expect, test } from "vitest";
import { type BudgetedAlert, budgetDayStartMs, decideBudget, FIRST_PAGES_FACTOR } from "./alert-budget.ts";
import { ALERT_EVENTS } from "./alert-event.ts";
import { PLANS } from "./plans.ts";

const policy = { alertsPerDayMax: 5 };
const page: BudgetedAlert = { event: "incident.opened", severity: "P1", toldSeverity: null };
const warning: BudgetedAlert = { event: "incident.opened", severity: "P2", toldSeverity: null };
const end: BudgetedAlert = { event: "incident.resolved", severity: "P1", toldSeverity: "P1" };

test.each([
  ["the first page of the day", page, 0, { kind: "send", isCounted: true, reason: "within_budget" }],
  [
    "the last alert within the budget",
    warning,
    4,
    { kind: "send", isCounted: true, reason: "within_budget" },
  ],
  ["a warning over the budget", warning, 5, { kind: "fold", isUrgent: false, reason: "over_budget" }],
  [
    "drift over the budget",
    { ...warning, event: "drift.detected", severity: "P3" },
    5,
    { kind: "fold", isUrgent: false, reason: "over_budget" },
  ],
  [
    "the first page of an outage over the budget",
    page,
    5,
    { kind: "send", isCounted: true, reason: "first_page_over_budget" },
  ],
  [
    "a warning that becomes an outage over the budget",
    { ...page, event: "incident.updated", toldSeverity: "P2" },
    7,
    { kind: "send", isCounted: true, reason: "first_page_over_budget" },
  ],
  [
    "the second message of an outage over the budget",
    { ...page, event: "incident.updated", toldSeverity: "P1" },
    5,
    { kind: "fold", isUrgent: false, reason: "over_budget" },
  ],
  ["a page at twice the budget", page, 10, { kind: "fold", isUrgent: true, reason: "far_over_budget" }],
  ["the end of an outage that was told", end, 5, { kind: "send", isCounted: false, reason: "told_before" }],
  [
    "the end of an outage that was told, far over the budget",
    end,
    99,
    { kind: "send", isCounted: false, reason: "told_before" },
  ],
  [
    "the end of an outage that lies in a digest",
    { ...end, toldSeverity: null },
    5,
    { kind: "fold", isUrgent: false, reason: "opening_was_folded" },
  ],
  [
    "an acknowledgement of what was told",
    { ...end, event: "incident.acknowledged" },
    99,
    { kind: "send", isCounted: false, reason: "told_before" },
  ],
  [
    "a test far over the budget",
    { ...warning, event: "test", severity: null },
    99,
    { kind: "send", isCounted: false, reason: "costs_nothing" },
  ],
  [
    "a digest",
    { ...warning, event: "digest", severity: null },
    99,
    { kind: "send", isCounted: false, reason: "costs_nothing" },
  ],
  [
    "a notice",
    { ...warning, event: "notice", severity: null },
    99,
    { kind: "send", isCounted: false, reason: "costs_nothing" },
  ],
  [
    "a proof",
    { ...warning, event: "verification", severity: null },
    99,
    { kind: "send", isCounted: false, reason: "costs_nothing" },
  ],
] as const)("%s", (_name, alert, countedToday, expected) => {
  expect(decideBudget(alert, countedToday, policy)).toEqual(expected);
});

const alerts = fc.array(
  fc.record({
    event: fc.constantFrom(...ALERT_EVENTS),
    severity: fc.constantFrom("P1" as const, "P2" as const, "P3" as const, null),
    toldSeverity: fc.constantFrom("P1" as const, "P2" as const, null),
  }),
  { maxLength: 400 },
);

test("over any day, what counts never exceeds the budget but by first pages, and those never twice the budget", () => {
  fc.assert(
    fc.property(alerts, fc.constantFrom(...Object.values(PLANS)), (day, plan) => {
      let [counted, others] = [0, 0];
      for (const alert of day) {
        const decision = decideBudget(alert, counted, plan);
        if (decision.kind === "send" && decision.isCounted) {
          counted += 1;
          others += Number(!(alert.severity === "P1" && alert.toldSeverity !== "P1"));
        }
      }
      expect(others).toBeLessThanOrEqual(plan.alertsPerDayMax);
      expect(counted).toBeLessThanOrEqual(plan.alertsPerDayMax * FIRST_PAGES_FACTOR);
    }),
  );
});

test("no first page of an outage waits for the end of the hour, whatever was sent before", () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000 }), fc.constantFrom(...Object.values(PLANS)), (countedToday, plan) => {
      const decision = decideBudget(page, countedToday, plan);
      expect(decision.kind === "send" || decision.isUrgent).toBe(true);
    }),
  );
});

test("the day of a budget is the UTC day", () => {
  expect(budgetDayStartMs(Date.UTC(2026, 10, 21, 23, 59, 59, 999))).toBe(Date.UTC(2026, 10, 21));
  expect(budgetDayStartMs(Date.UTC(2026, 10, 22))).toBe(Date.UTC(2026, 10, 22));
});

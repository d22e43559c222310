import { expect, test } from "vitest";
import {
  callerBudget,
  checkBudget,
  hostBudget,
  unclaimedDomainBudget,
  unclaimedLookBudget,
} from "./start-budget.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);

test.each([
  ["60 starts a second on a host", hostBudget, 60, 1_000],
  ["one slot a second on a domain nobody claimed", unclaimedDomainBudget, 1, 1_000],
  ["ten looks a second on a domain nobody claimed", unclaimedLookBudget, 10, 1_000],
  ["ten checks a minute on a host", checkBudget, 10, 60_000],
  ["ten checks a minute by one caller", callerBudget, 10, 60_000],
])("%s", (_name, budget, max, spanMs) => {
  const now = budget("mcp.example.com", t0);
  expect(now.max).toBe(max);
  expect(budget("mcp.example.com", t0 + spanMs - 1).key).toBe(now.key);
  expect(budget("mcp.example.com", t0 + spanMs).key).not.toBe(now.key);
  expect(budget("other.example.com", t0).key).not.toBe(now.key);
  expect(now.lifeS * 1_000).toBeGreaterThan(spanMs);
});

test("the budgets count apart from each other", () => {
  const keys = [hostBudget, unclaimedDomainBudget, unclaimedLookBudget, checkBudget, callerBudget].map(
    (of) => of("a", t0).key,
  );
  expect(new Set(keys).size).toBe(5);
});

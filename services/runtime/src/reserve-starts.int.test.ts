import { hostBudget } from "@alivemcp/core/start-budget";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestRedis, type TestRedis } from "../test/redis.ts";
import { reserveStarts } from "./reserve-starts.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
let opened: TestRedis;
beforeAll(async () => {
  opened = await openTestRedis();
});
afterAll(() => opened.close());

test("callers together take no more than the budget, and an ask that does not fit takes nothing", async () => {
  const budget = hostBudget("mcp.example.com", t0);
  const asks = await Promise.all(Array.from({ length: 20 }, () => reserveStarts(opened.redis, budget, 7)));
  expect(asks.filter(Boolean)).toHaveLength(8);
  expect(await reserveStarts(opened.redis, budget, 4)).toBe(true);
  expect(await reserveStarts(opened.redis, budget, 1)).toBe(false);
  expect(await reserveStarts(opened.redis, hostBudget("mcp.example.com", t0 + 1_000), 1)).toBe(true);
});

test("what was taken is forgotten after the budget's life", async () => {
  const budget = hostBudget("short.example.com", t0);
  await reserveStarts(opened.redis, budget, 1);
  expect(await opened.redis.ttl(budget.key)).toBe(budget.lifeS);
});

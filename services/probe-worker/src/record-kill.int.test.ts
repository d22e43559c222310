import { randomUUID } from "node:crypto";
import { SLOWDOWNS_KEY } from "@alivemcp/core/pipeline";
import { openLogger } from "@alivemcp/runtime/logger";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { recordKill } from "./record-kill.ts";
import { createWorkerMetrics } from "./worker-metrics.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21);
let testRedis: TestRedis;
beforeAll(async () => {
  testRedis = await openTestRedis();
});
afterAll(() => testRedis.close());

/** Records kills at the given minutes; says what stands in Redis and how often operators were told. */
async function afterKillsAt(...minutes: number[]) {
  const { redis } = testRedis;
  const capKey = `tenant:${randomUUID()}`;
  const lines: string[] = [];
  const log = openLogger("test", "error", { write: (line: string) => void lines.push(line) });
  const metrics = createWorkerMetrics(new Registry());
  for (const minute of minutes) {
    const clock = { nowMs: () => t0 + minute * MINUTE_MS };
    await recordKill({ redis, clock, log, metrics }, { capKey, endpointId: randomUUID() });
  }
  return {
    slowUntilMs: Number(await redis.zscore(SLOWDOWNS_KEY, capKey)),
    told: lines.length,
  };
}

test.each([
  { name: "two kills within an hour: nothing yet", minutes: [0, 59], slowUntilMinute: 0, told: 0 },
  { name: "the third within an hour", minutes: [0, 30, 59], slowUntilMinute: 119, told: 1 },
  { name: "three over more than an hour", minutes: [0, 30, 61], slowUntilMinute: 0, told: 0 },
  { name: "many more the same day: told once", minutes: [0, 1, 2, 3, 4, 5], slowUntilMinute: 65, told: 1 },
])("$name, slowed down until an hour after the last kill", async ({ minutes, slowUntilMinute, told }) => {
  const slowUntilMs = slowUntilMinute && t0 + slowUntilMinute * MINUTE_MS;
  expect(await afterKillsAt(...minutes)).toEqual({ slowUntilMs, told });
});

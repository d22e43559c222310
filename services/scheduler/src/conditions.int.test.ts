import { regionKey, SLOWDOWNS_KEY } from "@alivemcp/core/pipeline";
import { mergeWorkerBeat } from "@alivemcp/core/region-heartbeat";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { openTestScheduler } from "../test/open-test-scheduler.ts";
import { initialConditions, readConditions, usedMemoryRatio } from "./conditions.ts";
import type { Deps } from "./deps.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const REGIONS = ["us-east", "eu-west"];
let database: TestDatabase;
let redis: TestRedis;
let deps: Deps;
let nowMs = t0;

beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  ({ deps } = await openTestScheduler({ database, redis, clock: { nowMs: () => nowMs }, regions: REGIONS }));
});
afterAll(async () => {
  await deps.close();
  await Promise.all([database.close(), redis.close()]);
});

const beat = (region: string, atMs: number, isSelfCheckOk = true) =>
  redis.redis.set(
    regionKey(region),
    mergeWorkerBeat(null, { workerId: "w", atMs, isSelfCheckOk, version: "1" }, atMs),
  );
const regionsAtWork = async () => (await readConditions(deps, initialConditions(REGIONS))).regionsAtWork;

test("workers that start with us have 90 s to be heard; then a silent region gets no jobs until it is heard", async () => {
  expect(await regionsAtWork()).toEqual(REGIONS);
  nowMs = t0 + 90_000;
  await beat("eu-west", nowMs - 10_000);
  expect(await regionsAtWork()).toEqual(["eu-west"]);
  await beat("us-east", nowMs);
  expect(await regionsAtWork()).toEqual(REGIONS);
  nowMs += 80_000;
  expect(await regionsAtWork()).toEqual(["us-east"]);
});

test("a region whose self-check fails still gets jobs: its workers answer `unknown` themselves", async () => {
  await beat("us-east", nowMs, false);
  expect(await regionsAtWork()).toContain("us-east");
});

test("who is slowed down is read, and forgotten when it is over", async () => {
  await redis.redis.zadd(SLOWDOWNS_KEY, String(nowMs + 1_000), "tenant:a", String(nowMs - 1), "tenant:b");
  const { slowedDown } = await readConditions(deps, initialConditions(REGIONS));
  expect([...slowedDown]).toEqual(["tenant:a"]);
  expect(await redis.redis.zrange(SLOWDOWNS_KEY, "0", "-1")).toEqual(["tenant:a"]);
});

test("a real Redis tells how full it is", async () => {
  const { pressure } = await readConditions(deps, initialConditions(REGIONS));
  expect(pressure).toBe("none");
  const { values } = await deps.metrics.redisMemoryRatio.get();
  expect(values[0]?.value).toBeGreaterThan(0);
});

describe("how full Redis is", () => {
  test.each([
    ["of its own maximum", "used_memory:70\r\nmaxmemory:100\r\ntotal_system_memory:1000\r\n", 0.7],
    [
      "of the machine where it has none",
      "used_memory:70\r\nmaxmemory:0\r\ntotal_system_memory:1000\r\n",
      0.07,
    ],
    ["unknown where it does not tell", "used_memory:70\r\n", 0],
  ])("%s", (_name, info, ratio) => {
    expect(usedMemoryRatio(info)).toBeCloseTo(ratio);
  });
});

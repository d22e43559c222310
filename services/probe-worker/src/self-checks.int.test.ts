import { randomUUID } from "node:crypto";
import { regionKey } from "@alivemcp/core/pipeline";
import { readRegionHeartbeat } from "@alivemcp/core/region-heartbeat";
import { openLogger } from "@alivemcp/runtime/logger";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { eventually } from "../test/eventually.ts";
import { createSelfChecks } from "./self-checks.ts";
import { createWorkerMetrics } from "./worker-metrics.ts";

const t0 = Date.UTC(2026, 10, 21);
const spec = { id: "us-east", city: "Ashburn", canaryUrls: ["http://canary.test"] };
let testRedis: TestRedis;
beforeAll(async () => {
  testRedis = await openTestRedis();
});
beforeEach(() => testRedis.redis.flushdb());
afterAll(() => testRedis.close());

/** Self-checks whose canary and clock a test moves. `tick` says whether the canary was asked, after its answer was noted. */
function openChecks(provingMs: number) {
  const world = { nowMs: t0, answer: true as boolean | null, asked: 0 };
  const checks = createSelfChecks(
    {
      redis: testRedis.redis,
      clock: { nowMs: () => world.nowMs },
      log: openLogger("test", "fatal"),
      metrics: createWorkerMetrics(new Registry()),
      fleet: {
        selfCheck: async () => {
          world.asked += 1;
          return world.answer;
        },
      },
      workerId: randomUUID(),
      version: "1.0.0",
    },
    { regions: [spec], provingMs },
  );
  const heartbeat = async () =>
    readRegionHeartbeat(await testRedis.redis.get(regionKey(spec.id)), world.nowMs);
  const tick = async (ms: number, answer: boolean | null) => {
    world.nowMs += ms;
    world.answer = answer;
    const before = world.asked;
    checks.run();
    const wasAsked = world.asked > before;
    if (wasAsked && answer !== null) {
      await eventually(heartbeat, (beat) => beat?.atMs === world.nowMs);
    }
    return wasAsked;
  };
  return { checks, tick, heartbeat };
}

test("a region that fails is looked at again after 1, 2, 4 … 30 s, and votes at the first success", async () => {
  const { checks, tick, heartbeat } = openChecks(0);
  await tick(0, true);
  await tick(30_000, false);
  expect([checks.sightOf("us-east"), (await heartbeat())?.isSelfCheckOk]).toEqual(["failed", false]);
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    expect(await tick(pauseMs - 1, false)).toBe(false);
    expect(await tick(1, false)).toBe(true);
  }
  expect(await tick(30_000, true)).toBe(true);
  expect([checks.sightOf("us-east"), (await heartbeat())?.isSelfCheckOk]).toEqual(["passed", true]);
  expect(await tick(29_999, true)).toBe(false);
});

test("a fresh worker whose canary is not up yet is unproven, and passes as soon as it is", async () => {
  const { checks, tick } = openChecks(5_000);
  await tick(0, false);
  expect(checks.sightOf("us-east")).toBe("unproven");
  await tick(1_000, true);
  expect(checks.sightOf("us-east")).toBe("passed");
});

test("a fresh worker that never reaches its canary has failed when its time is over", async () => {
  const { checks, tick } = openChecks(5_000);
  for (const pauseMs of [0, 1_000, 2_000]) {
    await tick(pauseMs, false);
  }
  expect(checks.sightOf("us-east")).toBe("unproven");
  await tick(4_000, false);
  expect(checks.sightOf("us-east")).toBe("failed");
});

test("without a child to ask there is no heartbeat, and the question is asked again", async () => {
  const { tick, heartbeat } = openChecks(0);
  expect(await tick(0, null)).toBe(true);
  expect(await heartbeat()).toBeNull();
  expect(await eventually(() => tick(1_000, true))).toBe(true);
  expect((await heartbeat())?.isSelfCheckOk).toBe(true);
});

test("a region this worker does not serve is never trusted", () => {
  expect(openChecks(0).checks.sightOf("eu-west")).toBe("failed");
});

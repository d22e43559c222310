import { randomUUID } from "node:crypto";
import { unsealedKey, verdictStream } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { SEAL_AFTER_MS } from "@alivemcp/core/verdict-report";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MINUTE, MINUTE_AT_MS, makeResult } from "../../core/test/verdict-cases.ts";
import { openTestRedis, type TestRedis } from "../test/redis.ts";
import { type SealedMinute, sealOverdue, startSealer } from "./sealer.ts";
import { findVerdictMinute, minuteKeys, reportResult } from "./verdict-store.ts";

const t0 = MINUTE_AT_MS;
const dueAtMs = t0 + SEAL_AFTER_MS;
let server: TestRedis;
beforeAll(async () => {
  server = await openTestRedis();
});
afterAll(() => server.close());

async function openMinutes(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await Promise.all(ids.map((endpointId) => reportResult(server.redis, makeResult({ endpointId }), t0)));
  return ids;
}

async function seal(nowMs: number) {
  const sealed: SealedMinute[] = [];
  const failed: string[] = [];
  await sealOverdue(server.redis, nowMs, {
    onSealed: (minute) => sealed.push(minute),
    onFailed: (member) => failed.push(member),
  });
  return { sealed, failed };
}

async function sealedEntries(endpointId: string): Promise<number> {
  const rows = await server.redis.xrange(verdictStream(shardOf(endpointId)), "-", "+");
  return rows.filter(([, fields]) => fields.includes(endpointId) && fields.includes("sealed")).length;
}

test("a minute with a missing region is sealed at its deadline, not before, and the lag is told", async () => {
  const [endpointId = ""] = await openMinutes(1);
  expect((await seal(dueAtMs - 1)).sealed).toEqual([]);
  expect((await seal(dueAtMs + 250)).sealed).toEqual([{ endpointId, minute: MINUTE, lagMs: 250 }]);
  expect(await findVerdictMinute(server.redis, { endpointId, minute: MINUTE })).toMatchObject({
    revision: 1,
    sealedAtMs: dueAtMs + 250,
  });
  expect(await server.redis.zcard(unsealedKey(shardOf(endpointId)))).toBe(0);
});

test("two sealers at once seal every minute exactly once, also more than one batch of them", async () => {
  const ids = await openMinutes(1_200);
  const both = await Promise.all([seal(dueAtMs), seal(dueAtMs)]);
  const told = both.flatMap(({ sealed }) => sealed.map(({ endpointId }) => endpointId));
  expect(told.sort()).toEqual(ids.toSorted());
  const sample = ids.slice(0, 20);
  expect(await Promise.all(sample.map(sealedEntries))).toEqual(sample.map(() => 1));
});

test("a minute that expired is taken off the list and seals nothing", async () => {
  const [endpointId = ""] = await openMinutes(1);
  await server.redis.del(minuteKeys(endpointId, MINUTE)[0]);
  expect(await seal(dueAtMs)).toEqual({ sealed: [], failed: [] });
  expect(await sealedEntries(endpointId)).toBe(0);
});

test("one minute that cannot be sealed holds up no other and is tried again a minute later", async () => {
  const [broken = "", sound = ""] = await openMinutes(2);
  await server.redis.set(minuteKeys(broken, MINUTE)[0], "not a hash");
  const { sealed, failed } = await seal(dueAtMs);
  expect(sealed.map(({ endpointId }) => endpointId)).toEqual([sound]);
  expect(failed).toEqual([`${broken}:${MINUTE}`]);
  const score = await server.redis.zscore(unsealedKey(shardOf(broken)), `${broken}:${MINUTE}`);
  expect(Number(score)).toBe(dueAtMs + 60_000);
  await server.redis.del(minuteKeys(broken, MINUTE)[0]);
});

test("the task seals by itself, shows its lag as a metric, and stops", async () => {
  const [endpointId = ""] = await openMinutes(1);
  const metrics = new Registry();
  const task = startSealer({
    redis: server.redis,
    clock: { nowMs: () => dueAtMs + 2_000 },
    metrics,
    onError: (err) => {
      throw err;
    },
  });
  await expect.poll(() => sealedEntries(endpointId), { timeout: 5_000 }).toBe(1);
  await task.stop();
  expect(await metrics.metrics()).toContain('alivemcp_seal_lag_seconds_bucket{le="2"} 1');
});

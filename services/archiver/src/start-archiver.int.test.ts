import {
  ARCHIVER_GROUP,
  asideStream,
  MINUTE_MS,
  shardLeaseKey,
  verdictStream,
} from "@alivemcp/core/pipeline";
import { SHARDS, shardOf } from "@alivemcp/core/shard";
import { parseVerdictEntry } from "@alivemcp/core/verdict-entry";
import { claimConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { systemClock } from "@alivemcp/runtime/clock";
import { ensureGroup, readShard } from "@alivemcp/runtime/verdict-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { type FlakyLink, openFlakyLink } from "../../runtime/test/flaky-link.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { type AddedEndpoint, addEndpoints } from "../test/endpoints.ts";
import { appendEntry, downFindingAt, findingAt, minuteEntry } from "../test/verdict-entries.ts";
import { archiveBatch } from "./archive-batch.ts";
import { openCoveredPartitions } from "./covered-partitions.ts";
import { createDeps } from "./deps.ts";
import { type RunningArchiver, startArchiver } from "./start-archiver.ts";

const WAIT = { timeout: 30_000, interval: 50 };
const MINUTE = Math.floor(Date.now() / MINUTE_MS) - 60;

let database: TestDatabase;
let redis: TestRedis;
let endpoints: readonly AddedEndpoint[];
let endings: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  redis = await openTestRedis();
  endpoints = await addEndpoints(database, 40);
  endings = [];
});
afterEach(async () => {
  for (const end of endings.reverse()) {
    await end();
  }
  await redis.close();
  await database.close();
});

async function start(change: { databaseUrl?: string; redisUrl?: string } = {}): Promise<RunningArchiver> {
  const deps = await createDeps({
    LOG_LEVEL: "fatal",
    REDIS_URL: change.redisUrl ?? redis.url,
    DATABASE_URL: change.databaseUrl ?? database.url("system"),
    METRICS_HOST: "127.0.0.1",
    METRICS_PORT: 0,
    SHUTDOWN_GRACE_MS: 10_000,
    REGIONS_FILE: new URL("../../../infra/regions.json", import.meta.url).pathname,
    PROBE_REGIONS: [],
  });
  const archiver = await startArchiver(deps);
  endings.push(archiver.stop);
  return archiver;
}

/** One minute of every endpoint, into the streams. */
async function appendMinute(n: number) {
  const ids = endpoints.map(({ id: endpointId }, index) => {
    const at = (MINUTE + n) * MINUTE_MS + 500;
    const finding = index % 10 === 0 ? downFindingAt(at) : findingAt(at);
    return appendEntry(
      redis.redis,
      minuteEntry({ endpointId, minute: MINUTE + n, seen: { "us-east": finding } }),
    );
  });
  return Promise.all(ids);
}

async function countRows(table = "probe_minute"): Promise<number> {
  const { rows } = await database.pool("super").query(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0].n;
}

/** Every endpoint has exactly the minutes 0 to `minutes` - 1, and nobody waits for anything. */
async function expectAllArchived(minutes: number) {
  await expect.poll(() => countRows(), WAIT).toBe(minutes * endpoints.length);
  await expect.poll(countWaiting, WAIT).toBe(0);
  expect(await countRows("probe_evidence")).toBe((minutes * endpoints.length) / 10);
}

async function countWaiting(): Promise<number> {
  const pending = await Promise.all(
    SHARDS.map((shard) => redis.redis.xpending(verdictStream(shard), ARCHIVER_GROUP).catch(() => [0])),
  );
  return pending.reduce((sum, [count]) => sum + Number(count), 0);
}

/** The server behind a URL, through a link that can be cut. */
async function flaky(serverUrl: string): Promise<{ link: FlakyLink; url: string }> {
  const link = await openFlakyLink(serverUrl);
  endings.push(link.close);
  const url = new URL(serverUrl);
  url.host = new URL(link.url).host;
  return { link, url: url.href };
}

describe("entries in the streams", () => {
  test("become rows once, of all shards, and are acknowledged", async () => {
    await appendMinute(0);
    await start();
    await appendMinute(1);
    await expectAllArchived(2);
  });

  test("that were committed and not acknowledged when the process was killed are read again and nothing doubles", async () => {
    await appendMinute(0);
    for (const shard of SHARDS) {
      await ensureGroup(redis.redis, ARCHIVER_GROUP, shard);
      await redis.redis.set(shardLeaseKey(ARCHIVER_GROUP, shard), "killed", "PX", 500);
      const rows = await readShard(redis.redis, {
        group: ARCHIVER_GROUP,
        shard,
        token: "killed",
        from: "new",
        countMax: 1_000,
      });
      const fence = await claimConsumerFence(database.pool("system"), {
        consumerGroup: ARCHIVER_GROUP,
        shard,
      });
      const pool = database.pool("system");
      await archiveBatch(
        { pool, redis: redis.redis, clock: systemClock, partitions: openCoveredPartitions(pool) },
        {
          shard,
          fence,
          entries:
            rows === "not-ours"
              ? []
              : rows.map(({ id, fields }) => ({ id, entry: parseVerdictEntry(fields ?? {}) })),
        },
      );
    }
    expect(await countRows()).toBe(endpoints.length);
    expect(await countWaiting()).toBe(endpoints.length);
    await start();
    await expectAllArchived(1);
  });

  test("that were read and not committed when the process was killed are read again and nothing is lost", async () => {
    await appendMinute(0);
    for (const shard of SHARDS) {
      await ensureGroup(redis.redis, ARCHIVER_GROUP, shard);
      await redis.redis.set(shardLeaseKey(ARCHIVER_GROUP, shard), "killed", "PX", 500);
      await readShard(redis.redis, {
        group: ARCHIVER_GROUP,
        shard,
        token: "killed",
        from: "new",
        countMax: 1_000,
      });
    }
    expect(await countWaiting()).toBe(endpoints.length);
    await start();
    await expectAllArchived(1);
  });

  test("wait while Redis is away and are archived once when it is back", async () => {
    const { link, url } = await flaky(redis.url);
    await start({ redisUrl: url });
    await appendMinute(0);
    await expectAllArchived(1);
    await link.cut();
    await appendMinute(1);
    await link.mend();
    await appendMinute(2);
    await expectAllArchived(3);
  });

  test("wait while Postgres is away and are archived once when it is back", async () => {
    const { link, url } = await flaky(database.url("system"));
    await start({ databaseUrl: url });
    await appendMinute(0);
    await expectAllArchived(1);
    await link.cut();
    await appendMinute(1);
    await expect.poll(countWaiting, WAIT).toBeGreaterThan(0);
    expect(await countRows()).toBe(endpoints.length);
    await link.mend();
    await appendMinute(2);
    await expectAllArchived(3);
  });

  test("whose connection to Postgres breaks again and again in the middle of batches are archived once", async () => {
    const { link, url } = await flaky(database.url("system"));
    await start({ databaseUrl: url });
    for (let n = 0; n < 5; n += 1) {
      await appendMinute(n);
      await link.cut();
      await link.mend();
    }
    await expectAllArchived(5);
  });

  test("are shared by two processes, each shard in one of them, and nothing doubles when one goes", async () => {
    const one = await start();
    const other = await start();
    await expect.poll(() => [one.shards().length, other.shards().length], WAIT).toEqual([8, 8]);
    await appendMinute(0);
    await expectAllArchived(1);
    endings = endings.filter((end) => end !== one.stop);
    await one.stop();
    await appendMinute(1);
    await expectAllArchived(2);
    expect(other.shards()).toHaveLength(16);
  });

  test("that cannot be parsed, or that no row can hold, are set aside and hold up nobody", async () => {
    const [{ id: endpointId }] = endpoints as [AddedEndpoint];
    const shard = shardOf(endpointId);
    await redis.redis.xadd(verdictStream(shard), "*", "v", "99", "k", "sealed", "e", endpointId);
    await appendEntry(
      redis.redis,
      minuteEntry({
        endpointId,
        minute: MINUTE,
        seen: { "us-east": findingAt(MINUTE * MINUTE_MS) },
        retentionClass: "gold",
      }),
    );
    await appendMinute(0);
    await start();
    await expectAllArchived(1);
    const aside = await redis.redis.xrange(asideStream(shard), "-", "+");
    expect(aside.map(([, fields]) => fields[fields.indexOf("_error") + 1])).toEqual([
      expect.stringContaining("v"),
      "no row can hold it: retention_class",
    ]);
  });
});

test("readiness and metrics tell how far archiving is", async () => {
  const archiver = await start();
  await appendMinute(0);
  await expectAllArchived(1);
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${archiver.opsPort}/readyz`)).status, WAIT)
    .toBe(200);
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${archiver.opsPort}/metrics`)).text(), WAIT)
    .toMatch(/alivemcp_archive_lag_seconds\{shard="s00",process="archiver"\} 0/);
});

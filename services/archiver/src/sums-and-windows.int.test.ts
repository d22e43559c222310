import { NOW_VIEW_FIELDS, readNowView } from "@alivemcp/core/now-view";
import { ARCHIVER_GROUP, MINUTE_MS, nowKey } from "@alivemcp/core/pipeline";
import { SHARDS, shardOf } from "@alivemcp/core/shard";
import { advanceConsumerWatermark, claimConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { findRollUpProgress } from "@alivemcp/db/queries/probe-rollups-system";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { type AddedEndpoint, addEndpoints } from "../test/endpoints.ts";
import { downFindingAt, findingAt, inStream, minuteEntry } from "../test/verdict-entries.ts";
import { archiveBatch } from "./archive-batch.ts";
import { createArchiverMetrics } from "./archiver-metrics.ts";
import { openCoveredPartitions } from "./covered-partitions.ts";
import { createWindowRefresh } from "./refresh-windows.ts";
import { settleSums } from "./settle-sums.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Noon of yesterday: its partitions exist, and the tests move on from it. */
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

let database: TestDatabase;
let redis: TestRedis;
let endpoint: AddedEndpoint;
let nowMs: number;

beforeEach(async () => {
  database = await openTestDatabase();
  redis = await openTestRedis();
  [endpoint] = (await addEndpoints(database, 1)) as [AddedEndpoint];
  nowMs = NOON;
});
afterEach(async () => {
  await redis.close();
  await database.close();
});

function depsNow() {
  const pool = database.pool("system");
  return {
    pool,
    upkeepPool: pool,
    redis: redis.redis,
    clock: { nowMs: () => nowMs },
    metrics: createArchiverMetrics(new Registry()),
    partitions: openCoveredPartitions(pool),
  };
}

/** Archives minutes of the endpoint from `NOON` on: `u` up, `d` down. */
async function archive(states: string, fromMs = NOON, latencyMs = 100) {
  const entries = [...states].map((letter, index) => {
    const minute = fromMs / MINUTE_MS + index;
    const at = minute * MINUTE_MS + 500;
    const finding = letter === "d" ? downFindingAt(at) : findingAt(at, { latencyMs });
    return minuteEntry({ endpointId: endpoint.id, minute, seen: { "us-east": finding } });
  });
  const shard = shardOf(endpoint.id);
  const fence = await claimConsumerFence(database.pool("system"), { consumerGroup: ARCHIVER_GROUP, shard });
  await archiveBatch(depsNow(), { shard, fence, entries: inStream(entries) });
}

async function view() {
  return readNowView(await redis.redis.hmget(nowKey(endpoint.id), ...NOW_VIEW_FIELDS));
}

/** Says of every shard that it is archived through an instant. */
async function archivedThrough(atMs: number) {
  const client = await database.pool("system").connect();
  for (const shard of SHARDS) {
    await claimConsumerFence(database.pool("system"), { consumerGroup: ARCHIVER_GROUP, shard });
    await advanceConsumerWatermark(client, { consumerGroup: ARCHIVER_GROUP, shard, watermarkAtMs: atMs });
  }
  client.release();
}

async function days() {
  const { rows } = await database
    .pool("super")
    .query(
      "SELECT day::text, up_minutes, down_minutes FROM probe_day WHERE endpoint_number = $1 ORDER BY day",
      [endpoint.number],
    );
  return rows;
}

describe("windows", () => {
  test("say what was archived, floored by nobody, with how far they reach", async () => {
    await archive("uuud");
    nowMs = NOON + 10 * MINUTE_MS;
    await createWindowRefresh(depsNow())();
    const { windows, archivedThroughMs } = await view();
    expect(windows).toEqual({
      uptime: { "24h": 0.75, "7d": 0.75, "30d": 0.75, "90d": 0.75 },
      authWalledShare30d: 0,
      latencyMsP50Of24h: expect.closeTo(100, -2),
      latencyMsP95Of24h: expect.closeTo(100, -2),
      lastDriftAtMs: null,
    });
    expect(archivedThroughMs).toBe((NOON / MINUTE_MS + 3) * MINUTE_MS + 30_000);
  });

  test("count a minute of a committed outage as down unless its regions said otherwise", async () => {
    await archive("uu");
    const degraded = minuteEntry({
      endpointId: endpoint.id,
      minute: NOON / MINUTE_MS + 2,
      state: "degraded",
      seen: { "us-east": downFindingAt(NOON), "eu-west": findingAt(NOON) },
    });
    const fence = await claimConsumerFence(database.pool("system"), {
      consumerGroup: ARCHIVER_GROUP,
      shard: "s00",
    });
    await archiveBatch(depsNow(), { shard: "s00", fence, entries: inStream([degraded]) });
    await database
      .pool("super")
      .query("INSERT INTO state_span (endpoint_id, state, from_at) VALUES ($1, 'down', $2)", [
        endpoint.id,
        new Date(NOON),
      ]);
    nowMs = NOON + 10 * MINUTE_MS;
    await createWindowRefresh(depsNow())();
    expect((await view()).windows.uptime["24h"]).toBeCloseTo(2 / 3);
  });

  test("are all written again at once after Redis lost them", async () => {
    await addEndpoints(database, 2_600);
    await archive("uuud");
    nowMs = NOON + 10 * MINUTE_MS;
    const refresh = createWindowRefresh(depsNow());
    await refresh();
    await refresh();
    await redis.redis.flushdb();
    await refresh();
    expect((await view()).windows.uptime["24h"]).toBe(0.75);
    expect(await redis.redis.dbsize()).toBe(2_602);
  });

  test("tell the scheduler and the router which endpoints are slow", async () => {
    await archive("uuuu", NOON, 6_000);
    nowMs = NOON + 10 * MINUTE_MS;
    const refresh = createWindowRefresh(depsNow());
    await refresh();
    await refresh();
    const memory = async () => {
      const { rows } = await database
        .pool("super")
        .query("SELECT is_slow, latency_ms_p95_of_7d AS p95 FROM endpoint_memory WHERE endpoint_id = $1", [
          endpoint.id,
        ]);
      return rows[0];
    };
    expect(await memory()).toMatchObject({ is_slow: true });
    expect((await memory()).p95).toBeGreaterThan(5_000);
  });
});

describe("sums of days", () => {
  test("are made of hours and stay when nothing changes any more", async () => {
    await archive("uuud");
    await archive("ddd", NOON + 3 * HOUR_MS);
    await archivedThrough(NOON + 4 * HOUR_MS);
    nowMs = NOON + 4 * HOUR_MS;
    await settleSums(depsNow());
    await settleSums(depsNow());
    expect(await days()).toEqual([
      { day: new Date(NOON).toISOString().slice(0, 10), up_minutes: 3, down_minutes: 4 },
    ]);
    expect(await findRollUpProgress(database.pool("system"))).toBe(NOON + 3 * HOUR_MS);
  });

  test("wait for the slowest shard, and take in what was archived hours late", async () => {
    await archive("uuud");
    await archivedThrough(NOON + 10 * MINUTE_MS);
    nowMs = NOON + 8 * HOUR_MS;
    await settleSums(depsNow());
    expect(await findRollUpProgress(database.pool("system"))).toBeLessThanOrEqual(NOON);
    await archive("dddd", NOON + HOUR_MS);
    await archivedThrough(nowMs);
    await settleSums(depsNow());
    expect(await days()).toMatchObject([{ up_minutes: 3, down_minutes: 5 }]);
    expect(await findRollUpProgress(database.pool("system"))).toBe(NOON + 7 * HOUR_MS);
  });

  test("of yesterday survive that their hours are deleted", async () => {
    await archive("uuud");
    await archivedThrough(NOON + 6 * DAY_MS);
    nowMs = NOON + HOUR_MS;
    await settleSums(depsNow());
    nowMs = NOON + 6 * DAY_MS;
    await settleSums(depsNow());
    await settleSums(depsNow());
    const { rowCount } = await database.pool("super").query("SELECT FROM probe_hour");
    expect(rowCount).toBe(0);
    expect(await days()).toMatchObject([{ up_minutes: 3, down_minutes: 1 }]);
  });
});

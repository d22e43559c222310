import { packVote } from "@alivemcp/core/packed-vote";
import { MINUTE_MS, nowKey, toolListKey } from "@alivemcp/core/pipeline";
import { hashToolList } from "@alivemcp/core/tool-list";
import { makePartitions } from "@alivemcp/db/queries/partitions-system";
import { openLogger } from "@alivemcp/runtime/logger";
import { openPool } from "@alivemcp/runtime/postgres";
import { packToolList } from "@alivemcp/runtime/tool-list-store";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { type AddedEndpoint, addEndpoints } from "../test/endpoints.ts";
import { downFindingAt, findingAt, voteOf } from "../test/verdict-entries.ts";
import { createArchiverMetrics } from "./archiver-metrics.ts";
import { openCoveredPartitions } from "./covered-partitions.ts";
import { dropExpired } from "./drop-expired.ts";
import { createMemoryRefresh } from "./refresh-memory.ts";
import { reviewDrift } from "./review-drift.ts";
import { settleReleases } from "./settle-releases.ts";
import { openUpkeepLocks } from "./upkeep-locks.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const t0 = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const REGIONS = ["us-east", "eu-west"];

let database: TestDatabase;
let redis: TestRedis;
let nowMs: number;

beforeEach(async () => {
  database = await openTestDatabase();
  redis = await openTestRedis();
  nowMs = t0;
});
afterEach(async () => {
  await redis.close();
  await database.close();
});

function depsNow() {
  const pool = database.pool("system");
  return {
    upkeepPool: pool,
    redis: redis.redis,
    regions: REGIONS,
    clock: { nowMs: () => nowMs },
    log: openLogger("test", "fatal"),
    metrics: createArchiverMetrics(new Registry()),
    partitions: openCoveredPartitions(pool),
  };
}

const one = async (sql: string, values: unknown[] = []) =>
  (await database.pool("super").query(sql, values)).rows[0];

const tool = (name: string) => [{ name, inputSchema: { type: "object", properties: { q: {} } } }];
function hashesOf(tools: readonly unknown[]) {
  const hashing = hashToolList(tools);
  if (hashing.kind !== "hashed") {
    throw new Error("test lists are small");
  }
  return hashing;
}
const [A, B] = [hashesOf(tool("a")), hashesOf(tool("b"))];

/** An endpoint with baseline A of which the given regions are believed to serve B since `t0`. */
async function diverging(
  standing: "unclaimed" | "added",
  regions: readonly string[],
): Promise<AddedEndpoint> {
  const [endpoint] = (await addEndpoints(database, 1, { standing })) as [AddedEndpoint];
  const pool = database.pool("super");
  await pool.query(
    `INSERT INTO endpoint_memory (endpoint_id, baseline_contract_hash, baseline_full_hash, baseline_era, baseline_at)
     VALUES ($1, $2, $3, 'legacy', $4)`,
    [endpoint.id, A.contractHash, A.fullHash, new Date(t0 - DAY_MS)],
  );
  for (const region of regions) {
    await pool.query(
      "INSERT INTO endpoint_region_tool_list (endpoint_id, region, contract_hash, full_hash, believed_at) VALUES ($1, $2, $3, $4, $5)",
      [endpoint.id, region, B.contractHash, B.fullHash, new Date(t0)],
    );
  }
  await pool.query(
    "INSERT INTO drift_event (endpoint_id, region, at, kind, from_full_hash, to_full_hash, is_breaking) VALUES ($1, 'us-east', $2, 'drift', $3, $4, true)",
    [endpoint.id, new Date(t0), A.fullHash, B.fullHash],
  );
  for (const [name, list] of [
    ["a", A],
    ["b", B],
  ] as const) {
    await redis.redis.set(
      toolListKey(endpoint.id, list.fullHash),
      await packToolList(JSON.stringify(tool(name))),
    );
  }
  return endpoint;
}

const baselineOf = async ({ id }: AddedEndpoint) =>
  (await one("SELECT baseline_full_hash FROM endpoint_memory WHERE endpoint_id = $1", [id]))
    .baseline_full_hash;

describe("drift that lasts", () => {
  test("of an unclaimed endpoint is its new baseline after 24 hours in every region, and its events are accepted", async () => {
    const endpoint = await diverging("unclaimed", REGIONS);
    nowMs = t0 + DAY_MS - 1;
    await reviewDrift(depsNow());
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
    nowMs = t0 + DAY_MS;
    await reviewDrift(depsNow());
    expect(await baselineOf(endpoint)).toBe(B.fullHash);
    expect(await one("SELECT accepted_by FROM drift_event WHERE endpoint_id = $1", [endpoint.id])).toEqual({
      accepted_by: "stable for 24 hours",
    });
  });

  test("of an endpoint with an owner waits for the owner", async () => {
    const endpoint = await diverging("added", REGIONS);
    nowMs = t0 + 30 * DAY_MS;
    await reviewDrift(depsNow());
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
  });

  test("in one region only is told as regions that differ, once a day, by what differs", async () => {
    const endpoint = await diverging("unclaimed", ["us-east"]);
    nowMs = t0 + 2 * HOUR_MS;
    for (const region of REGIONS) {
      await redis.redis.hset(
        nowKey(endpoint.id),
        `r:${region}`,
        packVote(voteOf(findingAt(nowMs - MINUTE_MS))),
      );
    }
    await reviewDrift(depsNow());
    await reviewDrift(depsNow());
    const { rows } = await database
      .pool("super")
      .query(
        "SELECT region, is_breaking, changes FROM drift_event WHERE endpoint_id = $1 AND kind = 'inconsistent_regions'",
        [endpoint.id],
      );
    expect(rows).toMatchObject([
      { region: "eu-west", is_breaking: true, changes: [{ kind: "tool_renamed" }] },
    ]);
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
  });

  test("is no difference of regions while nobody probes the other region", async () => {
    const endpoint = await diverging("added", ["us-east"]);
    nowMs = t0 + 2 * HOUR_MS;
    await redis.redis.hset(
      nowKey(endpoint.id),
      "r:us-east",
      packVote(voteOf(findingAt(nowMs))),
      "r:eu-west",
      "no vote",
    );
    await reviewDrift(depsNow());
    expect(
      await one("SELECT count(*)::int AS n FROM drift_event WHERE kind = 'inconsistent_regions'"),
    ).toEqual({ n: 0 });
  });
});

describe("an announced release that is over", () => {
  /** A release of the last hour; drift to `to` was seen inside it. */
  async function released(endpoint: AddedEndpoint, to: readonly { readonly fullHash: string }[]) {
    const { id } = await one(
      `INSERT INTO release_window (tenant_id, endpoint_id, from_at, until_at, announced_by)
       SELECT tenant_id, id, $2, $3, 'test' FROM endpoints WHERE id = $1 RETURNING id`,
      [endpoint.id, new Date(t0), new Date(t0 + HOUR_MS)],
    );
    for (const { fullHash } of to) {
      await one(
        `INSERT INTO drift_event (endpoint_id, region, at, kind, from_full_hash, to_full_hash, is_breaking, release_window_id)
         VALUES ($1, 'us-east', $2, 'drift', $3, $4, true, $5)`,
        [endpoint.id, new Date(t0 + 60_000), A.fullHash, fullHash, id],
      );
    }
    return id as string;
  }
  const releaseOf = (id: string) =>
    one("SELECT settled_reason, settled_at IS NOT NULL AS is_settled FROM release_window WHERE id = $1", [
      id,
    ]);
  const baselineOf = async ({ id }: AddedEndpoint) =>
    (await one("SELECT baseline_full_hash FROM endpoint_memory WHERE endpoint_id = $1", [id]))
      .baseline_full_hash;

  test("makes what every region serves the baseline of an owner's endpoint, once it closed", async () => {
    const endpoint = await diverging("added", REGIONS);
    const id = await released(endpoint, [B]);
    nowMs = t0 + HOUR_MS + 60_000;
    await settleReleases(depsNow());
    expect(await releaseOf(id)).toEqual({ settled_reason: null, is_settled: false });
    nowMs = t0 + HOUR_MS + 6 * 60_000;
    await settleReleases(depsNow());
    expect(await releaseOf(id)).toEqual({ settled_reason: "accepted", is_settled: true });
    expect(await baselineOf(endpoint)).toBe(B.fullHash);
    expect(await one("SELECT accepted_by FROM drift_event WHERE endpoint_id = $1", [endpoint.id])).toEqual({
      accepted_by: "announced release",
    });
  });

  test("accepts nothing that was served before it", async () => {
    const endpoint = await diverging("added", REGIONS);
    const id = await released(endpoint, []);
    nowMs = t0 + 2 * HOUR_MS;
    await settleReleases(depsNow());
    expect(await releaseOf(id)).toMatchObject({ settled_reason: "not-announced" });
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
  });

  test("that was cancelled is never settled", async () => {
    const endpoint = await diverging("added", REGIONS);
    const id = await released(endpoint, [B]);
    await one("UPDATE release_window SET cancelled_at = now() WHERE id = $1", [id]);
    nowMs = t0 + 9 * HOUR_MS;
    await settleReleases(depsNow());
    expect(await releaseOf(id)).toMatchObject({ is_settled: false });
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
  });

  test("that is cancelled while it is settled changes no baseline", async () => {
    const endpoint = await diverging("added", REGIONS);
    const id = await released(endpoint, [B]);
    nowMs = t0 + 2 * HOUR_MS;
    const { upkeepPool, ...deps } = depsNow();
    const connect = async () => {
      await one("UPDATE release_window SET cancelled_at = now() WHERE id = $1", [id]);
      return upkeepPool.connect();
    };
    const cancelling = { query: upkeepPool.query.bind(upkeepPool), connect } as typeof upkeepPool;
    await settleReleases({ ...deps, upkeepPool: cancelling });
    expect(await releaseOf(id)).toMatchObject({ is_settled: false });
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
  });

  test("waits for the last region, and leaves it to the owner after an hour", async () => {
    const endpoint = await diverging("added", ["us-east"]);
    const id = await released(endpoint, [B]);
    nowMs = t0 + HOUR_MS + 30 * 60_000;
    await settleReleases(depsNow());
    expect(await releaseOf(id)).toMatchObject({ is_settled: false });
    nowMs = t0 + 3 * HOUR_MS;
    await settleReleases(depsNow());
    await settleReleases(depsNow());
    expect(await releaseOf(id)).toMatchObject({ settled_reason: "regions-differ" });
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
  });
});

test("what healthy probes found is learned from where only the newest finding lies", async () => {
  const endpoints = await addEndpoints(database, 2);
  const [healthy, ill] = endpoints as [AddedEndpoint, AddedEndpoint];
  const tlsExpiresAtMs = t0 + 90 * DAY_MS;
  await redis.redis.hset(nowKey(healthy.id), {
    "d:us-east": JSON.stringify(findingAt(t0, { server: { name: "s", version: "1" } })),
    "d:eu-west": JSON.stringify(findingAt(t0 + 1, { server: { name: "s", version: "2" }, tlsExpiresAtMs })),
  });
  await redis.redis.hset(nowKey(ill.id), {
    "d:us-east": JSON.stringify(downFindingAt(t0)),
    "d:eu-west": "{",
  });
  await createMemoryRefresh(depsNow())();
  expect(
    await one("SELECT server_version, era, tls_expires_at FROM endpoint_memory WHERE endpoint_id = $1", [
      healthy.id,
    ]),
  ).toEqual({
    server_version: "2",
    era: "legacy",
    tls_expires_at: new Date(tlsExpiresAtMs),
  });
  expect(
    await one("SELECT count(*)::int AS n FROM endpoint_memory WHERE endpoint_id = $1", [ill.id]),
  ).toEqual({ n: 0 });
});

describe("expiry", () => {
  const leaves = async () =>
    (
      await database
        .pool("super")
        .query("SELECT relname FROM pg_class WHERE relname ~ '^probe_minute_public_2' ORDER BY 1")
    ).rows.map(({ relname }) => relname);

  test("drops what the class no longer keeps and leaves the rest", async () => {
    await makePartitions(database.pool("system"), { fromMs: t0 - 20 * DAY_MS, throughMs: t0 });
    const before = await leaves();
    await dropExpired(depsNow());
    const after = await leaves();
    expect(before.length - after.length).toBeGreaterThanOrEqual(10);
    expect(after).toContain(
      `probe_minute_public_${new Date(t0 - 6 * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "")}`,
    );
  });

  test("forgets requests that nobody may repeat any more", async () => {
    await database.pool("super").query(
      `INSERT INTO idempotency_key (tenant_id, caller_id, key, request_hash, attempt, started_at)
       SELECT id, 'key', age, repeat('0', 64), id, $1::timestamptz - age::interval
       FROM tenants, unnest(ARRAY['23 hours', '25 hours']) age WHERE kind = 'public'`,
      [new Date(nowMs)],
    );
    await dropExpired(depsNow());
    const { rows } = await database.pool("super").query("SELECT key FROM idempotency_key");
    expect(rows).toEqual([{ key: "23 hours" }]);
  });

  test("gives up on a partition that somebody still reads, and goes on with the rest of its work", async () => {
    await makePartitions(database.pool("system"), { fromMs: t0 - 20 * DAY_MS, throughMs: t0 });
    await database
      .pool("super")
      .query(
        "INSERT INTO tool_list (full_hash, contract_hash, tools_count, body, first_seen_at) VALUES ($1, $1, 0, '', now() - interval '3 days')",
        ["e".repeat(64)],
      );
    const before = await leaves();
    const reader = await database.pool("super").connect();
    await reader.query("BEGIN");
    await reader.query("SELECT count(*) FROM probe_minute");
    await dropExpired(depsNow());
    expect(await leaves()).toEqual(before);
    await reader.query("COMMIT");
    reader.release();
    expect(await one("SELECT count(*)::int AS n FROM tool_list")).toEqual({ n: 0 });
  });

  test("keeps every tool list that something names", async () => {
    const endpoint = await diverging("added", ["us-east"]);
    for (const list of [A, B, hashesOf(tool("c"))]) {
      await database
        .pool("super")
        .query(
          "INSERT INTO tool_list (full_hash, contract_hash, tools_count, body, first_seen_at) VALUES ($1, $2, 1, '', now() - interval '3 days')",
          [list.fullHash, list.contractHash],
        );
    }
    await dropExpired(depsNow());
    const { rows } = await database.pool("super").query("SELECT full_hash FROM tool_list");
    expect(rows.map(({ full_hash }) => full_hash).sort()).toEqual([A.fullHash, B.fullHash].sort());
    expect(await baselineOf(endpoint)).toBe(A.fullHash);
  });
});

describe("a task of upkeep", () => {
  const nothing = async () => undefined;

  test("runs in one archiver at a time, others beside it, and again when it is done or died", async () => {
    const pool = database.pool("system");
    const [one, other] = [openUpkeepLocks(pool), openUpkeepLocks(pool)];
    let finish: () => void = () => undefined;
    let running: Promise<boolean> = Promise.resolve(false);
    await new Promise<void>((started) => {
      running = one.alone("sums", () => {
        started();
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      });
    });
    expect(await other.alone("sums", nothing)).toBe(false);
    expect(await one.alone("sums", nothing)).toBe(false);
    expect(await other.alone("windows", nothing)).toBe(true);
    expect(await one.alone("windows", nothing)).toBe(true);
    finish();
    expect(await running).toBe(true);
    await expect(other.alone("sums", () => Promise.reject(new Error("died")))).rejects.toThrow("died");
    expect(await one.alone("sums", nothing)).toBe(true);
    one.close();
    other.close();
  });

  test("is free again when its archiver was killed, and its archiver goes on after a broken connection", async () => {
    const pool = openPool(database.url("system"), {
      max: 2,
      applicationName: "test",
      onError: () => undefined,
    });
    const [one, other] = [openUpkeepLocks(pool), openUpkeepLocks(pool)];
    const cut = () =>
      database
        .pool("super")
        .query(
          "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        );
    await one.alone("sums", async () => {
      await cut();
      await expect.poll(() => other.alone("sums", nothing).catch(() => false)).toBe(true);
    });
    expect(await one.alone("sums", nothing)).toBe(true);
    one.close();
    other.close();
    await pool.end();
  });

  test("never starves the others of connections, however many run at once", async () => {
    const pool = openPool(database.url("system"), {
      max: 2,
      applicationName: "test",
      onError: () => undefined,
    });
    const locks = openUpkeepLocks(pool);
    const names = ["windows", "memory", "drift", "sums", "expiry"];
    const allHold = Promise.withResolvers<void>();
    let holding = 0;
    const tasks = names.map((task) =>
      locks.alone(task, async () => {
        holding += 1;
        if (holding === names.length) {
          allHold.resolve();
        }
        await allHold.promise;
        await pool.query("SELECT 1");
      }),
    );
    expect(await Promise.all(tasks)).toEqual(names.map(() => true));
    locks.close();
    await pool.end();
  });
});

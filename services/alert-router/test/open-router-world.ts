import { randomUUID } from "node:crypto";
import { COMMITTED_FIELDS } from "@alivemcp/core/now-fields";
import {
  DELIVERY_QUEUE,
  type DeliveryJob,
  MINUTE_MS,
  minuteOf,
  nowKey,
  type ProbeFinding,
  type ProbeJob,
  probeQueueName,
  type RegionResult,
  ROUTER_GROUP,
  regionKey,
  slotJobId,
  verdictStream,
} from "@alivemcp/core/pipeline";
import { mergeWorkerBeat } from "@alivemcp/core/region-heartbeat";
import { shardOf } from "@alivemcp/core/shard";
import type { FailureReason, ProbeState } from "@alivemcp/core/states";
import { parseVerdictEntry } from "@alivemcp/core/verdict-entry";
import { claimConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { openLogger } from "@alivemcp/runtime/logger";
import { openQueue, openQueueConnection, type Queue } from "@alivemcp/runtime/queues";
import { openRedis } from "@alivemcp/runtime/redis";
import { sealOverdue } from "@alivemcp/runtime/sealer";
import { reportResult } from "@alivemcp/runtime/verdict-store";
import { Registry } from "prom-client";
import { openTestDatabase } from "../../../db/test/database.ts";
import { openTestRedis } from "../../runtime/test/redis.ts";
import { makeTestSinkKey } from "../../runtime/test/sink-keys.ts";
import type { Deps } from "../src/deps.ts";
import { createRegionTally } from "../src/region-tally.ts";
import { resumeShard } from "../src/resume-shard.ts";
import { type RouteDeps, routeBatch } from "../src/route-batch.ts";
import { createRouterMetrics } from "../src/router-metrics.ts";
import { createShardLocks } from "../src/shard-locks.ts";
import { sweepShard } from "../src/sweep-shard.ts";

export const REGIONS = ["us-east", "eu-west", "sa-east"] as const;
export type RouterWorld = Awaited<ReturnType<typeof openRouterWorld>>;

/** What a region finds: a state, and for `down` perhaps why and after how long. */
export type Found =
  | ProbeState
  | { state: ProbeState; reason?: FailureReason; tookMs?: number; startedAtMs?: number };

/**
 * A router's surroundings: real Postgres and Redis with the real scripts, workers played by the test, a clock the test
 * moves. The clock starts at a whole minute close to the real time, which Redis stamps its stream ids with.
 */
export async function openRouterWorld() {
  const [database, testRedis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  const onError = () => {};
  const redis = openRedis(testRedis.url, { name: "test-router", onError });
  const queueConnection = openQueueConnection(testRedis.url, { name: "test-router-queues", onError });
  const queues = new Map<string, Queue<ProbeJob>>(
    REGIONS.map((region) => [region, openQueue<ProbeJob>(queueConnection, probeQueueName(region))]),
  );
  const deliveryQueue = openQueue<DeliveryJob>(queueConnection, DELIVERY_QUEUE);
  let nowMs = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  const clock = { nowMs: () => nowMs };
  const registry = new Registry();
  const suspicions: string[] = [];
  const deps: RouteDeps & Pick<Deps, "registry"> = {
    pool: database.pool("system"),
    redis,
    queues,
    clock,
    registry,
    metrics: createRouterMetrics(registry),
    log: openLogger("alert-router", "fatal"),
    tally: createRegionTally((region, isSuspected) => suspicions.push(`${isSuspected ? "+" : "-"}${region}`)),
    regions: REGIONS,
    ticketKey: "test-ticket-key-0123456789abcdef0123",
    places: {
      appUrl: "https://app.test",
      publicUrl: "https://public.test",
      cities: new Map([["us-east", "Ashburn"]]),
    },
    deliveryQueue,
    sinkKeys: [makeTestSinkKey().key],
    locks: createShardLocks(),
  };
  const worked = new Set<string>();
  const fences = new Map<string, Promise<number>>();
  const leaseOf = async (shard: string) => {
    const claimed =
      fences.get(shard) ?? claimConsumerFence(deps.pool, { consumerGroup: ROUTER_GROUP, shard });
    fences.set(shard, claimed);
    return { shard, fence: await claimed };
  };

  const beat = async (region: string, isSelfCheckOk = true) => {
    const line = { workerId: "w", atMs: nowMs, isSelfCheckOk, version: "1" };
    await redis.set(regionKey(region), mergeWorkerBeat(null, line, nowMs));
  };
  const beatAll = () => Promise.all(REGIONS.map((region) => beat(region)));
  await beatAll();

  const report = (job: RegionResult["job"], jobId: string, found: Found) =>
    reportResult(
      redis,
      { v: 1, traceparent: "00-1-2-01", jobId, job, finding: findingOf(found, nowMs) },
      nowMs,
    );

  /** Entries given before and not acknowledged first, then new ones. */
  const read = async (shard: string) => {
    const stream = verdictStream(shard);
    await redis.xgroup("CREATE", stream, ROUTER_GROUP, "0", "MKSTREAM").catch(() => undefined);
    const rows: { id: string; entry: ReturnType<typeof parseVerdictEntry> }[] = [];
    for (const from of ["0", ">"]) {
      const reply = (await redis.xreadgroup(
        "GROUP",
        ROUTER_GROUP,
        shard,
        "COUNT",
        1_000,
        "STREAMS",
        stream,
        from,
      )) as [string, [string, string[]][]][] | null;
      for (const [id, flat] of reply?.[0]?.[1] ?? []) {
        const fields = Object.fromEntries(flat.flatMap((v, i) => (i % 2 ? [] : [[v, flat[i + 1] ?? ""]])));
        rows.push({ id, entry: parseVerdictEntry(fields) });
      }
    }
    return rows;
  };

  const world = {
    deps,
    database,
    redisUrl: testRedis.url,
    redis,
    report,
    queues,
    suspicions,
    nowMs: () => nowMs,
    /** Moves the clock without sweeping. */
    moveTo(atMs: number) {
      nowMs = atMs;
    },
    beat,
    beatAll,

    async addEndpoint(
      options: {
        isUnclaimed?: boolean;
        domain?: string;
        host?: string;
        periodMs?: number;
        id?: string;
        /** Null: the public tenant. */
        tenantId?: string | null;
      } = {},
    ) {
      const id = options.id ?? randomUUID();
      const { isUnclaimed = false, domain = `${id}.test`, host = `${id}.test`, periodMs = 30_000 } = options;
      const { tenantId = null } = options;
      await database.pool("super").query(
        `INSERT INTO endpoints (id, tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility,
           standing, retention_class, confirmation_period_ms)
         SELECT $1::uuid, t.id, $2, 'x', $3, $3, $4, $5, 'public', $6, 'public', $7 FROM tenants t
         WHERE CASE WHEN $8::uuid IS NULL THEN t.kind = 'public' ELSE t.id = $8 END`,
        [
          id,
          `s-${id}`,
          `https://${host}/${id}`,
          host,
          domain,
          isUnclaimed ? "unclaimed" : "added",
          periodMs,
          tenantId,
        ],
      );
      return id;
    },

    /** Probes a slot of now from the given regions and reports what each found. */
    async slot(endpointId: string, found: Partial<Record<string, Found>>) {
      const minute = minuteOf(nowMs);
      const regions = Object.keys(found);
      for (const region of regions) {
        const job = {
          kind: "slot" as const,
          endpointId,
          region,
          regionsAsked: regions,
          slotAtMs: nowMs,
          minute,
          lastSlotOfMinuteAtMs: nowMs,
          coversMinutes: 1,
          retentionClass: "public",
          look: null,
          lastFullHash: null,
        };
        await report(job, slotJobId(endpointId, nowMs), found[region] ?? "unknown");
      }
    },

    /** Works off every look job of an endpoint that is due; answers which, sorted. Those found null are left for later. */
    async answerLooks(endpointId: string, foundBy: (region: string, n: number) => Found | null) {
      const answered: string[] = [];
      for (const { region, id, data } of await world.lookJobs(endpointId)) {
        const n = data.look?.n ?? 0;
        const found = data.notBeforeMs <= nowMs ? foundBy(region, n) : null;
        if (found !== null) {
          await report(data, id, found);
          worked.add(`${region} ${id}`);
          answered.push(`${region} ${n}`);
        }
      }
      return answered.sort();
    },

    /** Reads the endpoint's shard and routes what is there, as a process with `as` for dependencies would. */
    async route(endpointId: string, as: RouteDeps = deps) {
      const lease = await leaseOf(shardOf(endpointId));
      const rows = await read(lease.shard);
      if (rows.length > 0) {
        await routeBatch(as, { ...lease, entries: rows.map(({ entry }) => entry) });
        await redis.xack(verdictStream(lease.shard), ROUTER_GROUP, ...rows.map(({ id }) => id));
      }
      return rows.length;
    },
    async sweep(endpointId: string, as: RouteDeps = deps) {
      return sweepShard(as, await leaseOf(shardOf(endpointId)));
    },
    /** Another process takes the shard over. */
    async takeOver(endpointId: string) {
      fences.delete(shardOf(endpointId));
      return resumeShard(deps, await leaseOf(shardOf(endpointId)));
    },
    leaseOf: (endpointId: string) => leaseOf(shardOf(endpointId)),

    /** Lets time pass, second by second: regions beat, minutes are sealed, entries routed, deadlines swept. */
    async pass(endpointId: string, ms: number) {
      for (const endMs = nowMs + ms; nowMs < endMs; ) {
        nowMs = Math.min(endMs, nowMs + 1_000);
        if (Math.floor(nowMs / 1_000) % 30 === 0) {
          await beatAll();
        }
        await sealOverdue(redis, nowMs, { onSealed: () => {}, onFailed: () => {} });
        await world.route(endpointId);
        await world.sweep(endpointId);
      }
    },

    async stored(endpointId: string) {
      const { rows } = await deps.pool.query(
        "SELECT committed, reason, flags, machine, confirming_until FROM endpoint_state WHERE endpoint_id = $1",
        [endpointId],
      );
      return rows[0];
    },
    async transitions(endpointId: string) {
      const { rows } = await deps.pool.query(
        "SELECT from_state, to_state, reason FROM transition WHERE endpoint_id = $1 ORDER BY id",
        [endpointId],
      );
      return rows.map((row) => `${row.from_state} to ${row.to_state}: ${row.reason}`);
    },
    async spans(endpointId: string) {
      const { rows } = await deps.pool.query(
        "SELECT state, from_at, to_at FROM state_span WHERE endpoint_id = $1 ORDER BY from_at",
        [endpointId],
      );
      return rows.map((row) => ({
        state: row.state,
        fromMs: row.from_at.getTime(),
        toMs: row.to_at?.getTime() ?? null,
      }));
    },
    /** Takes an endpoint through a confirmed outage and answers when it began. */
    async takeDown(endpointId: string, reason: FailureReason = "connection_refused") {
      const sinceMs = nowMs;
      await world.slot(endpointId, { "us-east": { state: "down", reason } });
      await world.route(endpointId);
      await world.answerLooks(endpointId, () => ({ state: "down", reason }));
      await world.route(endpointId);
      nowMs = Math.max(nowMs, sinceMs + 30_000);
      await world.sweep(endpointId);
      await world.answerLooks(endpointId, () => ({ state: "down", reason }));
      await world.route(endpointId);
      return sinceMs;
    },
    /** And back. */
    async bringBack(endpointId: string) {
      const sinceMs = nowMs;
      await world.slot(endpointId, { "us-east": "up" });
      await world.route(endpointId);
      await world.answerLooks(endpointId, () => "up");
      await world.route(endpointId);
      nowMs = Math.max(nowMs, sinceMs + 30_000);
      await world.sweep(endpointId);
      await world.answerLooks(endpointId, () => "up");
      await world.route(endpointId);
      return sinceMs;
    },
    /** Messages promised to a tenant, oldest first. */
    async deliveries(tenantId: string) {
      const { rows } = await database.pool("super").query(
        `SELECT d.id, d.event, d.severity, d.state, d.reason, d.dedup_key AS "dedupKey", d.alert_key AS "alertKey",
           d.priority, d.message, d.sink_id AS "sinkId", d.endpoint_id AS "endpointId"
         FROM delivery d WHERE d.tenant_id = $1 ORDER BY d.created_at, d.alert_key, d.sink_id`,
        [tenantId],
      );
      return rows;
    },
    /** Why a tenant was told, or not: `verdict reason event`, in order. */
    async decisions(tenantId: string) {
      const { rows } = await database
        .pool("super")
        .query(
          "SELECT verdict, reason, event, severity, facts FROM alert_decision WHERE tenant_id = $1 ORDER BY id",
          [tenantId],
        );
      return rows.map((row) => `${row.verdict} ${row.reason} ${row.event} ${row.severity}`);
    },
    async incidents(endpointId: string) {
      const { rows } = await database
        .pool("super")
        .query("SELECT * FROM incident WHERE endpoint_id = $1 ORDER BY opened_at", [endpointId]);
      return rows;
    },
    /** Forgets every job, so that looking for some does not take longer and longer. */
    async emptyQueues() {
      await Promise.all([...queues.values()].map((queue) => queue.drain()));
    },
    now: (endpointId: string) => redis.hgetall(nowKey(endpointId)),
    confirming: (endpointId: string) => redis.hget(nowKey(endpointId), COMMITTED_FIELDS.confirming),
    /** Look jobs nobody worked off yet. Worked-off ones stay in their queue, as finished ones do for three minutes. */
    async lookJobs(endpointId: string) {
      const jobs = await Promise.all(
        [...queues].map(async ([region, queue]) =>
          (await queue.getJobs(["wait"])).map((job) => ({ region, id: job.id ?? "", data: job.data })),
        ),
      );
      return jobs
        .flat()
        .filter(({ data }) => data.endpointId === endpointId && data.kind === "look")
        .filter(({ region, id }) => !worked.has(`${region} ${id}`));
    },

    async close() {
      await Promise.all([...queues.values(), deliveryQueue].map((queue) => queue.close()));
      redis.disconnect();
      queueConnection.disconnect();
      await Promise.all([database.close(), testRedis.close()]);
    },
  };
  return world;
}

function findingOf(found: Found, nowMs: number): ProbeFinding {
  const {
    state,
    reason,
    tookMs = 100,
    startedAtMs = nowMs,
  } = typeof found === "string" ? { state: found } : found;
  const usual: Partial<Record<ProbeState, FailureReason>> = {
    down: "connection_refused",
    auth_walled: "auth_required",
  };
  return {
    state,
    reason: reason ?? usual[state] ?? null,
    layer: null,
    detail: null,
    isAuthRequired: state === "auth_walled",
    startedAtMs,
    observedAtMs: startedAtMs + tookMs,
    latencyMs: tookMs,
    era: null,
    protocolVersion: null,
    transport: null,
    server: null,
    toolsCount: null,
    contractHash: null,
    fullHash: null,
    transientReason: null,
    tlsExpiresAtMs: null,
    retryAfterMs: null,
    lints: [],
    steps: [],
    evidence: null,
  };
}

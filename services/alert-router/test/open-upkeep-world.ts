import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DELIVERY_QUEUE,
  type DeliveryJob,
  ROUTER_GROUP,
  regionKey,
  shardLeaseKey,
} from "@alivemcp/core/pipeline";
import { mergeWorkerBeat } from "@alivemcp/core/region-heartbeat";
import { SHARDS } from "@alivemcp/core/shard";
import { openLogger } from "@alivemcp/runtime/logger";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { openRedis } from "@alivemcp/runtime/redis";
import { addSinkKey, sealSettings, sinkKeysSchema } from "@alivemcp/runtime/sink-keys";
import { Registry } from "prom-client";
import { openTestDatabase } from "../../../db/test/database.ts";
import { openTestRedis } from "../../runtime/test/redis.ts";
import { createRouterMetrics } from "../src/router-metrics.ts";

export const REGIONS = ["us-east", "eu-west"] as const;
export type UpkeepWorld = Awaited<ReturnType<typeof openUpkeepWorld>>;

/** What upkeep touches: real Postgres and Redis, a clock the test moves. It starts on a Saturday at three in the night. */
export async function openUpkeepWorld() {
  const [database, testRedis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  const onError = () => {};
  const redis = openRedis(testRedis.url, { name: "test-upkeep", onError });
  const queueConnection = openQueueConnection(testRedis.url, { name: "test-upkeep-queues", onError });
  const deliveryQueue = openQueue<DeliveryJob>(queueConnection, DELIVERY_QUEUE);
  const admin = database.pool("super");
  const keyFile = join(mkdtempSync(join(tmpdir(), "upkeep-")), "keys.json");
  addSinkKey(keyFile, { nowMs: 0 });
  const sinkKeys = sinkKeysSchema.parse(readFileSync(keyFile, "utf8"));
  let nowMs = Date.UTC(2026, 10, 21, 3);

  return {
    database,
    admin,
    redis,
    deps: {
      pool: database.pool("system"),
      redis,
      clock: { nowMs: () => nowMs },
      log: openLogger("alert-router", "fatal"),
      metrics: createRouterMetrics(new Registry()),
      places: {
        appUrl: "https://app.alivemcp.test",
        publicUrl: "https://alivemcp.test",
        cities: new Map([
          ["us-east", "Ashburn"],
          ["eu-west", "London"],
        ]),
      },
      deliveryQueue,
      regions: REGIONS as readonly string[],
      sinkKeys,
    },
    nowMs: () => nowMs,
    moveTo(atMs: number) {
      nowMs = atMs;
    },
    pass(ms: number) {
      nowMs += ms;
    },

    /** A verified sink of a tenant; its default e-mail unless told otherwise. */
    async addSink(
      tenantId: string,
      options: { kind?: string; isDefault?: boolean; state?: string; settings?: unknown } = {},
    ): Promise<string> {
      const { kind = "email", isDefault = true, state = "verified", settings = {} } = options;
      const id = randomUUID();
      const [key] = sinkKeys;
      const box = key && sealSettings(key, settings, { tenantId, sinkId: id, version: 1 });
      await admin.query(
        `INSERT INTO sink (id, tenant_id, kind, name, shown, sealed, sealing_key_id, state, is_default, verified_at,
           disabled_at, created_at)
         VALUES ($1, $2, $3, 's', 's', $4, $5, $6, $7, $8, CASE WHEN $6 = 'disabled' THEN $8::timestamptz END, $8)`,
        [
          id,
          tenantId,
          kind,
          JSON.stringify(box?.sealed),
          box?.sealingKeyId,
          state,
          isDefault,
          new Date(nowMs),
        ],
      );
      return id;
    },

    async addEndpoint(
      tenantId: string,
      options: { host?: string; domain?: string; name?: string; sloTarget?: number | null } = {},
    ): Promise<{ readonly id: string; readonly number: number }> {
      const id = randomUUID();
      const { host = `${id}.test`, domain = host, name = "x", sloTarget = null } = options;
      const { rows } = await admin.query<{ number: number }>(
        `INSERT INTO endpoints (id, tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility,
           standing, retention_class, slo_target, first_watched_at)
         VALUES ($1::uuid, $2, $3, $4, $5, $5, $6, $7, 'unlisted', 'added', 'team', $8, $9) RETURNING number`,
        [
          id,
          tenantId,
          `s-${id}`,
          name,
          `https://${host}/${id}`,
          host,
          domain,
          sloTarget,
          new Date(nowMs - 30 * 86_400_000),
        ],
      );
      return { id, number: rows[0]?.number ?? 0 };
    },

    /** An incident of an endpoint as its tenant sees it; answers the id of the tenant's row. */
    async addIncident(
      tenantId: string,
      endpointId: string,
      options: { atMs?: number; reason?: string; regions?: readonly string[]; severity?: string } = {},
    ): Promise<string> {
      const { atMs = nowMs, reason = "connection_refused", regions = REGIONS, severity = "P1" } = options;
      const { rows } = await admin.query<{ id: string }>(
        `WITH made AS (
           INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes, failure_reason, regions)
           VALUES ($2, $3, $3, $6, $6, '{down}', $4, $5) RETURNING id)
         INSERT INTO incident_tenant (incident_id, tenant_id, endpoint_id, created_at)
         SELECT id, $1, $2, $3 FROM made RETURNING id`,
        [tenantId, endpointId, new Date(atMs), reason, regions, severity],
      );
      return rows[0]?.id as string;
    },

    /** A message that waits, is folded, or was sent. */
    async addDelivery(
      tenantId: string,
      sinkId: string,
      options: {
        state?: string;
        reason?: string | null;
        severity?: string;
        atMs?: number;
        title?: string;
        event?: string;
      } = {},
    ): Promise<string> {
      const { state = "folded", reason = "over_budget", severity = "P2", atMs = nowMs } = options;
      const { title = "Weather is degraded", event = "incident.opened" } = options;
      const id = randomUUID();
      await admin.query(
        `INSERT INTO delivery (id, tenant_id, sink_id, alert_key, dedup_key, event, severity, message, state, reason,
           created_at, due_at, deadline_at)
         VALUES ($1::uuid, $2, $3, $1::text, 'd', $4, $5, $6, $7, $8, $9, $9, $9::timestamptz + interval '1 hour')`,
        [
          id,
          tenantId,
          sinkId,
          event,
          severity,
          JSON.stringify({ title, links: [] }),
          state,
          reason,
          new Date(atMs),
        ],
      );
      return id;
    },

    /** Messages of one event to a tenant, oldest first. */
    async messages(tenantId: string, event: string) {
      const { rows } = await admin.query(
        `SELECT id, sink_id AS "sinkId", alert_key AS "alertKey", priority, state, message, deadline_at AS "deadlineAt",
           created_at AS "createdAt" FROM delivery WHERE tenant_id = $1 AND event = $2 ORDER BY created_at, sink_id`,
        [tenantId, event],
      );
      return rows;
    },

    async beat(region: string) {
      const line = { workerId: "w", atMs: nowMs, isSelfCheckOk: true, version: "1" };
      await redis.set(regionKey(region), mergeWorkerBeat(null, line, nowMs));
    },
    /** Somebody holds these shards. */
    async holdShards(shards: readonly string[] = SHARDS) {
      for (const shard of shards) {
        await redis.set(shardLeaseKey(ROUTER_GROUP, shard), "other");
      }
    },

    async close() {
      await deliveryQueue.close();
      redis.disconnect();
      queueConnection.disconnect();
      await Promise.all([database.close(), testRedis.close()]);
    },
  };
}

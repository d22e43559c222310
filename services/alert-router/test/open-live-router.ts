/** The whole process on the real clock, beside workers that answer looks at once and receivers on loopback. */
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type ProbeJob, probeQueueName } from "@alivemcp/core/pipeline";
import type { PlanName } from "@alivemcp/core/plans";
import type { ProbeState } from "@alivemcp/core/states";
import { loadConfig } from "@alivemcp/runtime/config";
import { openQueueConnection, openQueueWorker } from "@alivemcp/runtime/queues";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import { addTestTenant } from "../../../db/test/tenant.ts";
import { makeTestSinkKey } from "../../runtime/test/sink-keys.ts";
import { openWebhookReceiver, type WebhookReceiver } from "../../sinks/test/receivers/webhook-receiver.ts";
import { tellInTransaction } from "../src/alerts/tell-in-transaction.ts";
import { configSchema } from "../src/config.ts";
import { createDeps } from "../src/deps.ts";
import type { IncidentRevision } from "../src/incidents/fold-incident.ts";
import { storeRevisions } from "../src/incidents/store-incidents.ts";
import { startRouter } from "../src/start-router.ts";
import { openRouterWorld, REGIONS } from "./open-router-world.ts";

const BEAT_EVERY_MS = 10_000;
const LOOKS_AT_ONCE = 20;
const REPORTS_AT_ONCE = 50;

export type LiveRouter = Awaited<ReturnType<typeof openLiveRouter>>;

export interface LiveTenant {
  readonly id: string;
  readonly sinkId: string;
  /** Of its only sink, to which its only rule sends everything. */
  readonly receiver: WebhookReceiver;
}

/** Needs TEST_DATABASE_URL and TEST_REDIS_URL, as integration tests do. */
export async function openLiveRouter() {
  const world = await openRouterWorld();
  const sinkKey = makeTestSinkKey();
  const endings: (() => Promise<unknown> | unknown)[] = [() => world.close()];
  const findings = new Map<string, ProbeState>();
  const tick = () => world.moveTo(Date.now());
  const sql = (text: string, values: readonly unknown[] = []) =>
    world.database.pool("super").query(text, [...values]);

  tick();
  await world.beatAll();
  const beats = setInterval(() => {
    tick();
    void world.beatAll().catch(() => undefined);
  }, BEAT_EVERY_MS);
  endings.push(() => clearInterval(beats));
  const connection = openQueueConnection(world.redisUrl, { name: "live-workers", onError: () => {} });
  endings.push(() => connection.disconnect());
  for (const region of REGIONS) {
    const worker = openQueueWorker(
      connection,
      probeQueueName(region),
      async (job: { readonly id?: string; readonly data: unknown }) => {
        const data = job.data as ProbeJob;
        tick();
        await world.report(data, job.id ?? "", findings.get(data.endpointId) ?? "unknown");
      },
      { concurrency: LOOKS_AT_ONCE, removeOnComplete: { age: 180 } },
    );
    endings.push(() => worker.close(true));
  }
  const deps = await createDeps(
    loadConfig(configSchema, {
      LOG_LEVEL: "fatal",
      REDIS_URL: world.redisUrl,
      METRICS_PORT: "0",
      SHUTDOWN_GRACE_MS: "5000",
      DATABASE_URL: world.database.url("system"),
      TICKET_KEY: "test-ticket-key-0123456789abcdef0123",
      REGIONS_FILE: new URL("../../../infra/regions.json", import.meta.url).pathname,
      PROBE_REGIONS: REGIONS.join(","),
      PROBE_ALLOW_CIDRS: "127.0.0.0/8",
      SINK_KEY: sinkKey.text,
      SMTP_URL: "smtp://127.0.0.1:9",
      MAIL_FROM: "AliveMCP <alivemcp@router.test>",
      APP_URL: "http://web.test",
      PUBLIC_URL: "http://status.test",
      API_URL: "http://api.test",
    }),
  );
  const router = await startRouter(deps);
  endings.push(() => router.stop());

  const live = {
    world,
    deps,
    sql,

    /** A workspace with a webhook that was proven, and one rule that sends everything there. */
    async addTenant(plan: PlanName): Promise<LiveTenant> {
      const { id } = await addTestTenant(world.database, { plan });
      const secret = `whsec_${randomBytes(32).toString("base64")}`;
      const receiver = await openWebhookReceiver({ secret });
      endings.push(() => receiver.close());
      const sinkId = await live.addWebhook(id, `${receiver.url}/hook`, secret);
      return { id, sinkId, receiver };
    },
    async addWebhook(tenantId: string, url: string, secret: string): Promise<string> {
      const sinkId = randomUUID();
      const binding = { tenantId, sinkId, version: 1 };
      const { sealed, sealingKeyId } = sealSettings(sinkKey.key, { url, secret }, binding);
      await sql(
        `INSERT INTO sink (id, tenant_id, kind, name, state, shown, sealed, sealing_key_id, verified_at)
         VALUES ($1, $2, 'webhook', 'Live', 'verified', 'live', $3, $4, now())`,
        [sinkId, tenantId, JSON.stringify(sealed), sealingKeyId],
      );
      await sql(
        `INSERT INTO alert_rule (tenant_id, name, position, severities, scope, sink_ids)
         VALUES ($1, 'Everything', 1, '{P1,P2,P3}', '{"kind": "all"}', $2)`,
        [tenantId, [sinkId]],
      );
      return sinkId;
    },
    /** Endpoints of one tenant, one host after the other in turn. */
    async addEndpoints(
      tenantId: string,
      input: { readonly count: number; readonly hosts: readonly string[]; readonly periodMs: number },
    ): Promise<readonly string[]> {
      const ids = Array.from({ length: input.count }, () => randomUUID());
      await sql(
        `INSERT INTO endpoints (id, tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility,
           standing, retention_class, confirmation_period_ms)
         SELECT e.id, $3, 's-' || e.id, 'E', 'https://' || e.host || '/' || e.id, 'https://' || e.host || '/' || e.id,
           e.host, e.host, 'unlisted', 'added', 'team', $4
         FROM unnest($1::uuid[], $2::text[]) AS e (id, host)`,
        [ids, ids.map((_, n) => input.hosts[n % input.hosts.length]), tenantId, input.periodMs],
      );
      return ids;
    },

    /** What every region finds from now on, and has just found, spread evenly over the time given. */
    async report(ids: readonly string[], state: ProbeState, overMs = 0): Promise<void> {
      const startedAt = performance.now();
      for (let at = 0; at < ids.length; at += REPORTS_AT_ONCE) {
        const dueAt = startedAt + (at / ids.length) * overMs;
        await wait(Math.max(0, dueAt - performance.now()));
        tick();
        await Promise.all(
          ids.slice(at, at + REPORTS_AT_ONCE).map((id) => {
            findings.set(id, state);
            return world.slot(id, Object.fromEntries(REGIONS.map((region) => [region, state])));
          }),
        );
      }
    },
    /** Those of which another state is committed. */
    async notYet(ids: readonly string[], state: ProbeState): Promise<readonly string[]> {
      const { rows } = await sql(
        "SELECT endpoint_id AS id FROM endpoint_state WHERE endpoint_id = ANY($1) AND committed = $2",
        [ids, state],
      );
      const settled = new Set(rows.map(({ id }) => id));
      return ids.filter((id) => !settled.has(id));
    },
    /** Reports a state and waits until it is committed of all. */
    async settle(ids: readonly string[], state: ProbeState): Promise<void> {
      await live.report(ids, state);
      await until(`all are ${state}`, async () => (await live.notYet(ids, state)).length === 0);
    },
    /** Opens incidents as a batch does, without endpoints having to fail first. */
    openIncidents: (
      ids: readonly string[],
      trouble: { readonly severity: "P1" | "P2"; readonly cause: "down" | "degraded" },
    ) =>
      tellInTransaction(deps, (client, nowMs) =>
        storeRevisions(
          { client, metrics: deps.metrics },
          ids.map((id) => openedIncident(id, trouble, nowMs)),
          nowMs,
        ),
      ),
    /** The lowest bound of the lag's histogram under which this share of all entries was decided. */
    async lagSecondsAtMost(share: number): Promise<number> {
      const text = await (await fetch(`http://127.0.0.1:${router.opsPort}/metrics`)).text();
      const buckets = [
        ...text.matchAll(/^alivemcp_router_lag_seconds_bucket\{.*?le="([^"]+)".*?\} (\d+)$/gm),
      ];
      const total = Math.max(...buckets.map(([, , count]) => Number(count)));
      const [, bound] = buckets.find(([, , count]) => Number(count) >= total * share) ?? [];
      return bound === undefined || bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound);
    },
    async close() {
      for (const end of endings.reverse()) {
        await end();
      }
    },
  };
  await until("the router holds shards", () => Promise.resolve(router.shards().length > 0));
  return live;
}

/** Waits for something true, asking twice a second. Throws when it is not within the time. */
export async function until(what: string, isTrue: () => Promise<boolean>, withinMs = 240_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) {
      throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    }
    await wait(500);
  }
}

/** Seen from no region in particular, so that endpoints on hosts of their own have nothing in common. */
function openedIncident(
  endpointId: string,
  { severity, cause }: { readonly severity: "P1" | "P2"; readonly cause: "down" | "degraded" },
  nowMs: number,
): IncidentRevision {
  return {
    incident: {
      id: randomUUID(),
      endpointId,
      simulatedFor: null,
      isSimulated: false,
      startedAtMs: nowMs - 30_000,
      endedAtMs: null,
      openedAtMs: nowMs,
      resolvedAtMs: null,
      severity,
      severityWorst: severity,
      causes: [cause],
      failureReason: "connection_refused",
      regions: [],
      isFlapping: false,
      access: null,
      revision: 1,
    },
    changes: [{ kind: "opened", reason: "trouble-began", atMs: nowMs, key: "opened:1", facts: {} }],
  };
}

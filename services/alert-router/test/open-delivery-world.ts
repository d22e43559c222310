/** What sending lives in: real Postgres and Redis, real receivers on loopback, a clock and dice that the test moves. */
import { randomUUID } from "node:crypto";
import type { AlertMessage } from "@alivemcp/core/alert-message";
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import { DELIVERY_QUEUE, type DeliveryJob } from "@alivemcp/core/pipeline";
import type { SinkKind, SinkState } from "@alivemcp/core/sink-kind";
import { openLogger } from "@alivemcp/runtime/logger";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import type { SendMail } from "@alivemcp/sinks/send-mail";
import { makeWebhookSecret } from "@alivemcp/sinks/webhook/secret";
import { Registry } from "prom-client";
import { openTestDatabase } from "../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../db/test/tenant.ts";
import { openTestRedis } from "../../runtime/test/redis.ts";
import { makeTestSinkKey } from "../../runtime/test/sink-keys.ts";
import { testMessage } from "../../sinks/test/alert-message.ts";
import { openWebhookReceiver } from "../../sinks/test/receivers/webhook-receiver.ts";
import { testSinkDeps } from "../../sinks/test/sink-deps.ts";
import type { DeliverDeps } from "../src/deliver/deliver-deps.ts";
import { createDeliverMetrics } from "../src/deliver/deliver-metrics.ts";
import { deliverOne } from "../src/deliver/deliver-one.ts";
import { createReceiverGates } from "../src/deliver/receiver-gates.ts";
import { sweepDue, sweepOverdue } from "../src/deliver/sweep-deliveries.ts";

export type DeliveryWorld = Awaited<ReturnType<typeof openDeliveryWorld>>;

export interface NewTestDelivery {
  readonly tenantId: string;
  readonly sinkId: string;
  readonly message?: AlertMessage;
  readonly severity?: AlertSeverity | null;
  readonly alertKey?: string;
  readonly incidentTenantId?: string;
  readonly endpointId?: string;
  readonly createdAtMs?: number;
  readonly dueAtMs?: number;
  readonly deadlineAtMs?: number;
  readonly priority?: number;
}

export async function openDeliveryWorld(options: { readonly sendMail?: SendMail } = {}) {
  const [database, testRedis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  const queueConnection = openQueueConnection(testRedis.url, { name: "test-deliver", onError: () => {} });
  const deliveryQueue = openQueue<DeliveryJob>(queueConnection, DELIVERY_QUEUE);
  deliveryQueue.on("error", () => {});
  let nowMs = Date.UTC(2026, 10, 21, 10, 0);
  const clock = { nowMs: () => nowMs };
  const logged: string[] = [];
  const { key } = makeTestSinkKey();
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const deps: DeliverDeps = {
    clock,
    dice: () => 0.5,
    log: openLogger("deliver", "trace", { write: (line: string) => void logged.push(line) }),
    metrics: createDeliverMetrics(new Registry()),
    pool: database.pool("system"),
    queueConnection,
    deliveryQueue,
    sinkDeps: testSinkDeps({ nowMs: clock.nowMs, ...(options.sendMail && { sendMail: options.sendMail }) }),
    sinkKeys: [key],
    gates: createReceiverGates(),
    appUrl: "https://app.example",
  };
  const sql = async <Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await database.pool("super").query(text, values)).rows as Row[];

  const world = {
    deps,
    database,
    redisUrl: testRedis.url,
    logged,
    sql,
    closing,
    nowMs: () => nowMs,
    moveTo(atMs: number) {
      nowMs = atMs;
    },
    pass(ms: number) {
      nowMs += ms;
    },
    addTenant: (): Promise<TestTenant> => addTestTenant(database),

    /** A process of its own: nothing of what another one remembers. */
    freshDeps: (changes: Partial<DeliverDeps> = {}): DeliverDeps => ({
      ...deps,
      gates: createReceiverGates(),
      ...changes,
    }),

    async addSink(
      tenantId: string,
      sink: {
        readonly kind: SinkKind;
        readonly settings: unknown;
        readonly state?: SinkState;
        readonly name?: string;
        readonly isDefault?: boolean;
      },
    ): Promise<string> {
      const id = randomUUID();
      const { sealed, sealingKeyId } = sealSettings(key, sink.settings, { tenantId, sinkId: id, version: 1 });
      const { kind, name = `My ${kind}`, state = "verified", isDefault = false } = sink;
      await sql(
        `INSERT INTO sink (id, tenant_id, kind, name, state, shown, sealed, sealing_key_id, is_default, disabled_at)
         VALUES ($1, $2, $3, $4, $5, 'x', $6, $7, $8, CASE WHEN $5 = 'disabled' THEN now() END)`,
        [id, tenantId, kind, name, state, JSON.stringify(sealed), sealingKeyId, isDefault],
      );
      return id;
    },

    /** A webhook with a receiver of its own that holds to the specification. */
    async addWebhook(
      tenantId: string,
      options: { readonly state?: SinkState; readonly isDefault?: boolean; readonly name?: string } = {},
    ) {
      const secret = makeWebhookSecret();
      const receiver = await openWebhookReceiver({ secret, echoesChallenge: true, isAgeIgnored: true });
      closing.push(() => receiver.close());
      const settings = { url: `${receiver.url}/hook?key=secret-of-the-url`, secret };
      const sinkId = await world.addSink(tenantId, { kind: "webhook", settings, ...options });
      return { sinkId, receiver, secret };
    },

    async addDelivery(input: NewTestDelivery): Promise<string> {
      const id = randomUUID();
      const message = input.message ?? testMessage();
      const atMs = input.createdAtMs ?? nowMs;
      await sql(
        `INSERT INTO delivery (id, tenant_id, sink_id, incident_tenant_id, endpoint_id, alert_key, dedup_key, event,
           severity, message, priority, created_at, due_at, deadline_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
        [
          id,
          input.tenantId,
          input.sinkId,
          input.incidentTenantId ?? null,
          input.endpointId ?? null,
          input.alertKey ?? `alert:${id}`,
          message.dedupKey,
          message.event,
          input.severity === undefined ? message.severity : input.severity,
          JSON.stringify(message),
          input.priority ?? 1,
          new Date(atMs),
          new Date(input.dueAtMs ?? atMs),
          new Date(input.deadlineAtMs ?? atMs + 3_600_000),
        ],
      );
      return id;
    },

    /** An open incident of a tenant's endpoint; `id` is the tenant's row. */
    async addIncident(tenantId: string) {
      const endpointId = randomUUID();
      await sql(
        `INSERT INTO endpoints (id, tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility,
           standing, retention_class) VALUES ($1::uuid, $2, $3, 'x', $4, $4, 'x.test', 'x.test', 'unlisted', 'added', 'team')`,
        [endpointId, tenantId, `s-${endpointId}`, `https://x.test/${endpointId}`],
      );
      const [incident] = await sql<{ id: string }>(
        `INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes)
         VALUES ($1, $2, $2, 'P1', 'P1', '{down}') RETURNING id`,
        [endpointId, new Date(nowMs)],
      );
      const [row] = await sql<{ id: string }>(
        "INSERT INTO incident_tenant (incident_id, tenant_id, endpoint_id) VALUES ($1, $2, $3) RETURNING id",
        [incident?.id, tenantId, endpointId],
      );
      return { id: row?.id ?? "", incidentId: incident?.id ?? "", endpointId };
    },

    async deliveryOf(id: string) {
      const [row] = await sql<{
        state: string;
        reason: string | null;
        attempts: number;
        due_at: Date;
        leased_until: Date | null;
        escalated_at: Date | null;
      }>("SELECT state, reason, attempts, due_at, leased_until, escalated_at FROM delivery WHERE id = $1", [
        id,
      ]);
      if (row === undefined) {
        throw new Error(`no delivery ${id}`);
      }
      return { ...row, dueAtMs: row.due_at.getTime() };
    },
    attemptsOf: (id: string) =>
      sql<{
        n: number;
        outcome: string;
        reason: string | null;
        status: number | null;
        answer: string | null;
      }>(
        "SELECT n, outcome, reason, status, answer FROM delivery_attempt WHERE delivery_id = $1 ORDER BY n",
        [id],
      ),
    async sinkOf(id: string) {
      const [row] = await sql<Record<string, unknown>>("SELECT * FROM sink WHERE id = $1", [id]);
      return row ?? {};
    },

    deliver: (id: string, as: DeliverDeps = deps) => deliverOne(as, id),

    /** What a process does in one second: sweeps, then works off what is in the queue. Answers how many were tried. */
    async turn(as: DeliverDeps = deps): Promise<number> {
      await sweepOverdue(as);
      await sweepDue(as);
      let done = 0;
      for (let jobs = await deliveryQueue.getJobs(["prioritized", "wait"]); jobs.length > 0; ) {
        for (const job of jobs) {
          await job.remove();
          await deliverOne(as, job.data.deliveryId);
          done += 1;
        }
        jobs = await deliveryQueue.getJobs(["prioritized", "wait"]);
      }
      return done;
    },

    async close() {
      await Promise.all(closing.splice(0).map((close) => close()));
      await deliveryQueue.close();
      queueConnection.disconnect();
      await Promise.all([database.close(), testRedis.close()]);
    },
  };
  return world;
}

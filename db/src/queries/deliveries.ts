/** Messages of one tenant to its sinks, and what came of each. */
import type { AlertEvent } from "@alivemcp/core/alert-event";
import type { AlertMessage } from "@alivemcp/core/alert-message";
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import type { DeliveryState } from "@alivemcp/core/delivery-state";
import type { SendOutcomeKind, SinkKind } from "@alivemcp/core/sink-kind";
import { type SQL, sql } from "drizzle-orm/sql";
import { delivery } from "../schema/sinks.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface DeliveryRow {
  readonly id: string;
  readonly sinkId: string;
  readonly sinkName: string;
  readonly sinkKind: SinkKind;
  readonly incidentTenantId: string | null;
  readonly endpointId: string | null;
  readonly alertKey: string;
  readonly dedupKey: string;
  readonly event: AlertEvent;
  readonly severity: AlertSeverity | null;
  readonly title: string;
  readonly isTest: boolean;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
  readonly deadlineAtMs: number;
  readonly settledAtMs: number | null;
  readonly resendOf: string | null;
  readonly escalatedAtMs: number | null;
  /** Status of the last answer, and what it said. */
  readonly lastStatus: number | null;
  readonly lastAnswer: string | null;
}

const ms = (column: string): SQL => sql.raw(`(extract(epoch FROM ${column}) * 1000)::float8`);

const COLUMNS = sql`
  d.id, d.sink_id AS "sinkId", s.name AS "sinkName", s.kind AS "sinkKind", d.incident_tenant_id AS "incidentTenantId",
  d.endpoint_id AS "endpointId", d.alert_key AS "alertKey", d.dedup_key AS "dedupKey", d.event, d.severity,
  coalesce(d.message ->> 'title', d.event) AS title, coalesce((d.message ->> 'isTest')::boolean, false) AS "isTest",
  d.state, d.reason, d.attempts, ${ms("d.created_at")} AS "createdAtMs", ${ms("d.due_at")} AS "dueAtMs",
  ${ms("d.deadline_at")} AS "deadlineAtMs", ${ms("d.settled_at")} AS "settledAtMs", d.resend_of AS "resendOf",
  ${ms("d.escalated_at")} AS "escalatedAtMs", a.status AS "lastStatus", a.answer AS "lastAnswer"`;

const FROM = sql`
  FROM delivery d JOIN sink s ON s.id = d.sink_id
  LEFT JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts`;

export interface DeliveryFilter {
  readonly sinkId?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly incidentTenantId?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly event?: AlertEvent | undefined;
}

/** Where a page begins: behind this row of the page before. */
export interface DeliveryPosition {
  readonly createdAtMs: number;
  readonly id: string;
}

/** The tenant's messages that pass the filter, newest first. Leans on `delivery_newest`. */
export async function listDeliveries(
  scope: TenantScope,
  tx: Tx,
  page: {
    readonly filter: DeliveryFilter;
    readonly before: DeliveryPosition | null;
    readonly limit: number;
  },
): Promise<DeliveryRow[]> {
  const { sinkId, endpointId, incidentTenantId, state, event } = page.filter;
  const conditions = [
    sql`d.tenant_id = ${scope.tenantId}`,
    sinkId === undefined ? undefined : sql`d.sink_id = ${sinkId}`,
    endpointId === undefined ? undefined : sql`d.endpoint_id = ${endpointId}`,
    incidentTenantId === undefined ? undefined : sql`d.incident_tenant_id = ${incidentTenantId}`,
    state === undefined ? undefined : sql`d.state = ${state}`,
    event === undefined ? undefined : sql`d.event = ${event}`,
    page.before === null
      ? undefined
      : sql`(d.created_at, d.id) < (to_timestamp(${page.before.createdAtMs / 1_000}), ${page.before.id}::uuid)`,
  ].filter((condition) => condition !== undefined);
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} ${FROM} WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY d.created_at DESC, d.id DESC LIMIT ${page.limit}`);
  return rows as unknown as DeliveryRow[];
}

export interface DeliveryAttemptRow {
  readonly n: number;
  readonly atMs: number;
  readonly outcome: SendOutcomeKind;
  readonly reason: string | null;
  readonly status: number | null;
  readonly answer: string | null;
  readonly durationMs: number;
  readonly retryAtMs: number | null;
}

/** One message whole, as it was stored; null when it is another tenant's or nobody's. `id` is a uuid. */
export async function findDelivery(
  scope: TenantScope,
  tx: Tx,
  id: string,
): Promise<(DeliveryRow & { readonly message: unknown }) | null> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS}, d.message ${FROM} WHERE d.tenant_id = ${scope.tenantId} AND d.id = ${id}`);
  return (rows as unknown as (DeliveryRow & { message: unknown })[])[0] ?? null;
}

/** Every try to send one message, oldest first. */
export async function listAttempts(
  scope: TenantScope,
  tx: Tx,
  deliveryId: string,
): Promise<DeliveryAttemptRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT a.n, ${ms("a.at")} AS "atMs", a.outcome, a.reason, a.status, a.answer, a.duration_ms AS "durationMs",
      ${ms("a.retry_at")} AS "retryAtMs"
    FROM delivery_attempt a WHERE a.tenant_id = ${scope.tenantId} AND a.delivery_id = ${deliveryId} ORDER BY a.n`);
  return rows as unknown as DeliveryAttemptRow[];
}

export interface NewOwnDelivery {
  readonly sinkId: string;
  readonly incidentTenantId: string | null;
  readonly endpointId: string | null;
  readonly alertKey: string;
  readonly dedupKey: string;
  readonly severity: AlertSeverity | null;
  readonly message: AlertMessage;
  readonly atMs: number;
  readonly deadlineAtMs: number;
  readonly resendOf: string | null;
}

/**
 * Promises one message that somebody asked for: a proof, a test, one sent again. It goes before alerts. Answers its id;
 * the same alert key for the same sink again answers the first one's.
 */
export async function insertDelivery(scope: TenantScope, tx: Tx, input: NewOwnDelivery): Promise<string> {
  const at = new Date(input.atMs);
  const [row] = await tx
    .insert(delivery)
    .values({
      tenantId: scope.tenantId,
      sinkId: input.sinkId,
      incidentTenantId: input.incidentTenantId,
      endpointId: input.endpointId,
      alertKey: input.alertKey,
      dedupKey: input.dedupKey,
      event: input.message.event,
      severity: input.severity,
      message: input.message,
      priority: 1,
      createdAt: at,
      dueAt: at,
      deadlineAt: new Date(input.deadlineAtMs),
      resendOf: input.resendOf,
    })
    .onConflictDoNothing()
    .returning({ id: delivery.id });
  if (row !== undefined) {
    return row.id;
  }
  const { rows } = await tx.execute<{ id: string }>(sql`
    SELECT id FROM delivery WHERE tenant_id = ${scope.tenantId} AND sink_id = ${input.sinkId}
      AND alert_key = ${input.alertKey}`);
  return rows[0]?.id ?? "";
}

/** How many messages of an event were made since then, for one sink or for all. */
export async function countDeliveriesSince(
  scope: TenantScope,
  tx: Tx,
  input: { readonly event: AlertEvent; readonly sinkId: string | null; readonly since: Date },
): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM delivery d
    WHERE d.tenant_id = ${scope.tenantId} AND d.event = ${input.event} AND d.created_at > ${input.since}
      AND (${input.sinkId}::uuid IS NULL OR d.sink_id = ${input.sinkId}::uuid)`);
  return rows[0]?.count ?? 0;
}

/** Gives up proofs of a sink that wait to be sent: another one takes their place. */
export async function cancelPendingProofs(
  scope: TenantScope,
  tx: Tx,
  input: { readonly sinkId: string; readonly at: Date },
): Promise<void> {
  await tx.execute(sql`
    UPDATE delivery SET state = 'cancelled', reason = 'superseded', settled_at = ${input.at}
    WHERE tenant_id = ${scope.tenantId} AND sink_id = ${input.sinkId} AND event = 'verification' AND state = 'pending'`);
}

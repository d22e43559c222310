/** The life of a delivery from being due to being settled: leased, tried, settled. Deciding it is deliveries-system.ts. */
import type { AlertEvent } from "@alivemcp/core/alert-event";
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import type { SendOutcomeKind, SinkKind, SinkState } from "@alivemcp/core/sink-kind";
import type pg from "pg";

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** A message in hand, with everything that sending it takes. */
export interface LeasedDelivery {
  readonly id: string;
  readonly tenantId: string;
  readonly tenantSlug: string;
  readonly event: AlertEvent;
  readonly severity: AlertSeverity | null;
  /** As stored; core's schema reads it. */
  readonly message: unknown;
  readonly alertKey: string;
  readonly dedupKey: string;
  readonly endpointId: string | null;
  readonly incidentTenantId: string | null;
  readonly incidentId: string | null;
  /** Tries made before. */
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly deadlineAtMs: number;
  readonly escalatedAtMs: number | null;
  readonly detourOf: string | null;
  /** A message of its thread was accepted there before. */
  readonly wasToldBefore: boolean;
  /** What its receiver calls the earlier message of the thread. */
  readonly thread: Readonly<Record<string, string>> | null;
  readonly sink: {
    readonly id: string;
    readonly kind: SinkKind;
    readonly name: string;
    readonly state: SinkState;
    readonly sealed: unknown;
    readonly sealingKeyId: string;
    readonly version: number;
    readonly failuresInARow: number;
    readonly failingSinceMs: number | null;
  };
}

export type LeaseOutcome =
  | { readonly kind: "leased"; readonly delivery: LeasedDelivery }
  /**
   * `gone`: settled, not due, or in somebody's hand. `behind`: an older message of its thread waits. `busy`: its sink or
   * tenant has as much under way as it may.
   */
  | { readonly kind: "gone" | "behind" | "busy" };

export interface LeaseRequest {
  readonly deliveryId: string;
  readonly atMs: number;
  readonly untilMs: number;
  readonly by: string;
  /** Messages under way at once. */
  readonly sinkMax: number;
  readonly tenantMax: number;
}

/**
 * Takes a due message into one hand for a while. The sink's row is locked for it, so that its bound holds whoever asks; the
 * tenant's may be passed by a few. A message past its deadline is given to be settled even behind another one.
 */
export async function leaseDelivery(client: pg.ClientBase, input: LeaseRequest): Promise<LeaseOutcome> {
  const at = new Date(input.atMs);
  const { rows: locked } = await client.query<{ isBusy: boolean; isBehind: boolean; isOver: boolean }>(
    `SELECT d.deadline_at <= $2 AS "isOver",
       (SELECT count(*) FROM delivery o WHERE o.sink_id = d.sink_id AND o.state = 'pending' AND o.leased_until > $2) >= $3
         OR (SELECT count(*) FROM delivery o WHERE o.tenant_id = d.tenant_id AND o.state = 'pending'
           AND o.leased_until > $2) >= $4 AS "isBusy",
       EXISTS (SELECT FROM delivery o WHERE o.sink_id = d.sink_id AND o.dedup_key = d.dedup_key AND o.seq < d.seq
         AND o.state = 'pending') AS "isBehind"
     FROM delivery d WHERE d.id = $1 AND ${IS_DUE}
       AND EXISTS (SELECT FROM sink s WHERE s.id = d.sink_id)`,
    [input.deliveryId, at, input.sinkMax, input.tenantMax],
  );
  const [found] = locked;
  if (found === undefined) {
    return { kind: "gone" };
  }
  if (found.isBehind && !found.isOver) {
    return { kind: "behind" };
  }
  if (found.isBusy) {
    return { kind: "busy" };
  }
  const { rows } = await client.query<LeasedDelivery>(
    `WITH leased AS (
       UPDATE delivery d SET leased_until = $3, leased_by = $4 WHERE d.id = $1 AND ${IS_DUE} RETURNING d.*)
     SELECT d.id, d.tenant_id AS "tenantId", w.slug AS "tenantSlug", d.event, d.severity, d.message, d.alert_key AS "alertKey",
       d.dedup_key AS "dedupKey", d.endpoint_id AS "endpointId", d.incident_tenant_id AS "incidentTenantId",
       t.incident_id AS "incidentId", d.attempts, ${ms("d.created_at")} AS "createdAtMs",
       ${ms("d.deadline_at")} AS "deadlineAtMs", ${ms("d.escalated_at")} AS "escalatedAtMs", d.detour_of AS "detourOf",
       EXISTS (SELECT FROM delivery o WHERE o.sink_id = d.sink_id AND o.dedup_key = d.dedup_key AND o.state = 'sent'
         AND o.id <> d.id) AS "wasToldBefore",
       (SELECT ref FROM sink_thread r WHERE r.sink_id = d.sink_id AND r.dedup_key = d.dedup_key) AS thread,
       json_build_object('id', s.id, 'kind', s.kind, 'name', s.name, 'state', s.state, 'sealed', s.sealed,
         'sealingKeyId', s.sealing_key_id, 'version', s.version, 'failuresInARow', s.failures_in_a_row,
         'failingSinceMs', ${ms("s.failing_since")}) AS sink
     FROM leased d JOIN sink s ON s.id = d.sink_id JOIN tenants w ON w.id = d.tenant_id LEFT JOIN incident_tenant t ON t.id = d.incident_tenant_id`,
    [input.deliveryId, at, new Date(input.untilMs), input.by],
  );
  const [delivery] = rows;
  return delivery === undefined ? { kind: "gone" } : { kind: "leased", delivery };
}

const IS_DUE = `d.state = 'pending' AND d.due_at <= $2 AND (d.leased_until IS NULL OR d.leased_until <= $2)`;

/**
 * Locks the sink of a message until commit; false when there is none, or when somebody has it and `skip` was asked for:
 * a storm of messages to one sink must not queue up on its row.
 */
export async function lockSinkOfDelivery(
  client: pg.ClientBase,
  deliveryId: string,
  whenTaken: "wait" | "skip",
): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT s.id FROM sink s WHERE s.id = (SELECT sink_id FROM delivery WHERE id = $1)
     FOR NO KEY UPDATE ${whenTaken === "skip" ? "SKIP LOCKED" : ""}`,
    [deliveryId],
  );
  return rowCount === 1;
}

export interface NewAttempt {
  readonly n: number;
  readonly atMs: number;
  readonly outcome: SendOutcomeKind;
  readonly reason: string | null;
  readonly status: number | null;
  readonly answer: string | null;
  readonly durationMs: number;
  readonly retryAtMs: number | null;
}

/** What becomes of a leased message. */
export type DeliverySettlement =
  | { readonly state: "sent" | "failed" | "cancelled"; readonly reason: string }
  | { readonly state: "pending"; readonly reason: string; readonly dueAtMs: number };

/**
 * Gives a leased message back, settled or to be tried again, with the try that was made of it (null: none was). False,
 * and nothing written, when the lease ran out and another hand has it.
 */
export async function settleDelivery(
  client: pg.ClientBase,
  input: {
    readonly delivery: Pick<LeasedDelivery, "id" | "tenantId">;
    readonly by: string;
    readonly atMs: number;
    readonly settlement: DeliverySettlement;
    readonly attempt: NewAttempt | null;
  },
): Promise<boolean> {
  const { delivery, settlement, attempt } = input;
  const at = new Date(input.atMs);
  const dueAt = settlement.state === "pending" ? new Date(settlement.dueAtMs) : null;
  const { rowCount } = await client.query(
    `UPDATE delivery SET state = $3, reason = $4, due_at = coalesce($5, due_at), leased_until = NULL, leased_by = NULL,
       settled_at = CASE WHEN $3 = 'pending' THEN NULL ELSE $6::timestamptz END, attempts = greatest(attempts, $7)
     WHERE id = $1 AND state = 'pending' AND leased_by = $2`,
    [delivery.id, input.by, settlement.state, settlement.reason, dueAt, at, attempt?.n ?? 0],
  );
  if (rowCount !== 1) {
    return false;
  }
  if (attempt !== null) {
    await client.query(
      `INSERT INTO delivery_attempt (delivery_id, n, tenant_id, at, outcome, reason, status, answer, duration_ms, retry_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        delivery.id,
        attempt.n,
        delivery.tenantId,
        new Date(attempt.atMs),
        attempt.outcome,
        attempt.reason,
        attempt.status,
        attempt.answer,
        Math.max(0, Math.round(attempt.durationMs)),
        attempt.retryAtMs === null ? null : new Date(attempt.retryAtMs),
      ],
    );
  }
  return true;
}

/** Writes into an incident's timeline that a message of it was accepted, and when the first one was. Twice adds nothing. */
export async function noteAccepted(
  client: pg.ClientBase,
  input: { readonly delivery: LeasedDelivery; readonly atMs: number },
): Promise<void> {
  const { id, tenantId, incidentTenantId, incidentId, event, sink } = input.delivery;
  if (incidentTenantId === null || incidentId === null) {
    return;
  }
  const at = new Date(input.atMs);
  const facts = { deliveryId: id, event, sinkId: sink.id, sinkKind: sink.kind, sinkName: sink.name };
  await client.query(
    `UPDATE incident_tenant SET first_accepted_at = coalesce(least(first_accepted_at, $2), $2) WHERE id = $1`,
    [incidentTenantId, at],
  );
  await client.query(
    `INSERT INTO incident_event (incident_id, tenant_id, at, kind, facts, key) VALUES ($1, $2, $3, 'delivery', $4, $5)
     ON CONFLICT ON CONSTRAINT incident_event_once DO NOTHING`,
    [incidentId, tenantId, at, JSON.stringify(facts), `delivery:${id}`],
  );
}

/** Keeps what a receiver calls the message of a thread; the newest counts. */
export async function saveThread(
  client: pg.ClientBase,
  input: {
    readonly sinkId: string;
    readonly dedupKey: string;
    readonly tenantId: string;
    readonly ref: Readonly<Record<string, string>>;
    readonly atMs: number;
  },
): Promise<void> {
  await client.query(
    `INSERT INTO sink_thread (sink_id, dedup_key, tenant_id, ref, updated_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (sink_id, dedup_key) DO UPDATE SET ref = excluded.ref, updated_at = excluded.updated_at`,
    [input.sinkId, input.dedupKey, input.tenantId, JSON.stringify(input.ref), new Date(input.atMs)],
  );
}

export interface DueDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly priority: number;
}

/**
 * Messages that are due and in nobody's hand: of each sink the first few that wait behind nothing, those that go first
 * first. Leans on `delivery_due`.
 */
export async function listDueDeliveries(
  pool: pg.Pool,
  input: {
    readonly atMs: number;
    readonly perSink: number;
    readonly limit: number;
    readonly sinkId?: string;
  },
): Promise<readonly DueDelivery[]> {
  const { rows } = await pool.query<DueDelivery>(
    `SELECT id, attempts, priority FROM (
       SELECT d.id, d.attempts, d.priority, d.seq,
         row_number() OVER (PARTITION BY d.sink_id ORDER BY d.priority, d.seq) AS place
       FROM delivery d
       WHERE d.state = 'pending' AND d.due_at <= $1 AND (d.leased_until IS NULL OR d.leased_until <= $1)
         AND ($4::uuid IS NULL OR d.sink_id = $4)
         AND (d.deadline_at <= $1 OR NOT EXISTS (SELECT FROM delivery o WHERE o.sink_id = d.sink_id
           AND o.dedup_key = d.dedup_key AND o.seq < d.seq AND o.state = 'pending'))
     ) due WHERE place <= $2 ORDER BY priority, seq LIMIT $3`,
    [new Date(input.atMs), input.perSink, input.limit, input.sinkId ?? null],
  );
  return rows;
}

/** Pages that nobody accepted since an instant, that may take a detour and did not yet. Leans on `delivery_to_escalate`. */
export async function listOverduePages(
  pool: pg.Pool,
  input: { readonly createdBeforeMs: number; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM delivery WHERE state = 'pending' AND escalated_at IS NULL AND detour_of IS NULL
       AND event IN ('incident.opened', 'incident.updated') AND created_at <= $1 ORDER BY created_at LIMIT $2`,
    [new Date(input.createdBeforeMs), input.limit],
  );
  return rows.map(({ id }) => id);
}

/** A page that may take a detour, locked until commit. */
export interface PageToEscalate {
  readonly id: string;
  readonly tenantId: string;
  readonly sinkId: string;
  readonly sinkName: string;
  readonly event: AlertEvent;
  readonly severity: AlertSeverity | null;
  readonly state: "pending" | "sent" | "failed" | "folded" | "cancelled";
  readonly message: unknown;
  readonly alertKey: string;
  readonly dedupKey: string;
  readonly endpointId: string | null;
  readonly incidentTenantId: string | null;
  readonly createdAtMs: number;
  readonly escalatedAtMs: number | null;
  readonly detourOf: string | null;
}

export async function lockPage(client: pg.ClientBase, id: string): Promise<PageToEscalate | null> {
  const { rows } = await client.query<PageToEscalate>(
    `SELECT d.id, d.tenant_id AS "tenantId", d.sink_id AS "sinkId", s.name AS "sinkName", d.event, d.severity, d.state,
       d.message, d.alert_key AS "alertKey", d.dedup_key AS "dedupKey", d.endpoint_id AS "endpointId",
       d.incident_tenant_id AS "incidentTenantId", ${ms("d.created_at")} AS "createdAtMs",
       ${ms("d.escalated_at")} AS "escalatedAtMs", d.detour_of AS "detourOf"
     FROM delivery d JOIN sink s ON s.id = d.sink_id WHERE d.id = $1 FOR NO KEY UPDATE OF d`,
    [id],
  );
  return rows[0] ?? null;
}

/** Marks that a page took its detour, and what stands in for it. */
export async function markEscalated(
  client: pg.ClientBase,
  input: { readonly id: string; readonly atMs: number; readonly detourIds: readonly string[] },
): Promise<void> {
  await client.query("UPDATE delivery SET escalated_at = $2 WHERE id = $1", [input.id, new Date(input.atMs)]);
  await client.query(
    "UPDATE delivery SET detour_of = $1, reason = 'detour' WHERE id = ANY($2::uuid[]) AND state = 'pending'",
    [input.id, input.detourIds],
  );
}

/** Messages that wait, by whether they are due already, and the age of the longest waiting due one. For operators. */
export async function countPendingDeliveries(
  pool: pg.Pool,
  atMs: number,
): Promise<{ readonly due: number; readonly later: number; readonly oldestDueMs: number }> {
  const { rows } = await pool.query<{ due: number; later: number; oldestDueMs: number }>(
    `SELECT count(*) FILTER (WHERE due_at <= $1)::int AS due, count(*) FILTER (WHERE due_at > $1)::int AS later,
       coalesce(extract(epoch FROM $1::timestamptz - min(due_at) FILTER (WHERE due_at <= $1)) * 1000, 0)::float8 AS "oldestDueMs"
     FROM delivery WHERE state = 'pending'`,
    [new Date(atMs)],
  );
  return rows[0] ?? { due: 0, later: 0, oldestDueMs: 0 };
}

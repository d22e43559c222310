/** What subscribers are owed, across all endpoints. Runs as `system`. */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import type { StoredIncident } from "@alivemcp/core/public-incident";
import type { SubscriberPolicy, SubscriberTold } from "@alivemcp/core/subscriber-debounce";
import type pg from "pg";

/** One subscriber for whom one incident may hold news. */
export interface SubscriberCandidate {
  readonly subscriberId: string;
  readonly confirmedAtMs: number;
  readonly incidentId: string;
  readonly endpoint: { readonly id: string; readonly slug: string; readonly name: string };
  readonly told: SubscriberTold | null;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly updates: number;
  /** Messages about this incident that wait to be sent. */
  readonly waiting: number;
}

const CANDIDATES_MAX = 2_000;
/** An incident that ended longer ago has been told to its end, or is not news any more. */
const OVER_MS = 86_400_000;

/**
 * Pairs for which `decideSubscriberMessage` may say `send`, at most 2,000: those that it told of leave the list, so that
 * asking again goes on. The decision is made there; here only what cannot be news is left out. Never a simulated
 * incident, nor one of an endpoint that is private by now. Leans on `incident_one_open` and `subscriber_once`.
 */
export async function listSubscriberCandidates(
  pool: pg.Pool,
  input: { readonly nowMs: number; readonly policy: SubscriberPolicy },
): Promise<SubscriberCandidate[]> {
  const { rows } = await pool.query<{
    subscriber_id: string;
    confirmed_at: Date;
    incident_id: string;
    endpoint_id: string;
    slug: string;
    name: string;
    told_at: Date | null;
    told_updates: number | null;
    told_end: boolean | null;
    opened_at: Date;
    resolved_at: Date | null;
    updates: number;
    waiting: number;
  }>(
    `SELECT s.id AS subscriber_id, s.confirmed_at, i.id AS incident_id, e.id AS endpoint_id, e.slug, e.name,
       d.told_at, d.told_updates, d.told_end, i.opened_at, i.resolved_at, u.updates, w.waiting
     FROM public_incident i
     JOIN endpoints e ON e.id = i.endpoint_id
     JOIN subscriber s ON s.endpoint_id = e.id AND s.confirmed_at IS NOT NULL
     CROSS JOIN LATERAL (SELECT count(*)::int AS updates FROM incident_update u WHERE u.incident_id = i.id) u
     CROSS JOIN LATERAL (SELECT count(*)::int AS waiting FROM subscriber_delivery w
       WHERE w.incident_id = i.id AND w.state = 'pending') w
     CROSS JOIN LATERAL (SELECT max(d.created_at) AS told_at, max(split_part(d.step, ':', 2)::int) AS told_updates,
         bool_or(d.step LIKE 'resolved:%') AS told_end
       FROM subscriber_delivery d WHERE d.subscriber_id = s.id AND d.incident_id = i.id) d
     WHERE (i.resolved_at IS NULL OR i.resolved_at > $1::timestamptz - $4::int * interval '1 ms')
       AND CASE
         WHEN d.told_at IS NULL THEN i.resolved_at IS NULL AND i.opened_at <= $1::timestamptz - $2::int * interval '1 ms'
         WHEN d.told_end THEN false
         ELSE i.resolved_at IS NOT NULL
           OR (u.updates > d.told_updates AND d.told_at <= $1::timestamptz - $3::int * interval '1 ms')
       END
     ORDER BY i.opened_at, s.id LIMIT ${CANDIDATES_MAX}`,
    [new Date(input.nowMs), input.policy.openedAfterMs, input.policy.everyMs, OVER_MS],
  );
  return rows.map((row) => ({
    subscriberId: row.subscriber_id,
    confirmedAtMs: row.confirmed_at.getTime(),
    incidentId: row.incident_id,
    endpoint: { id: row.endpoint_id, slug: row.slug, name: row.name },
    told:
      row.told_at === null
        ? null
        : {
            lastAtMs: row.told_at.getTime(),
            updates: row.told_updates ?? 0,
            isResolved: row.told_end === true,
          },
    openedAtMs: row.opened_at.getTime(),
    resolvedAtMs: row.resolved_at?.getTime() ?? null,
    updates: row.updates,
    waiting: row.waiting,
  }));
}

/** The incident as subscribers are told of it; null when it may not be shown any more. */
export async function findPublicIncident(pool: pg.Pool, incidentId: string): Promise<StoredIncident | null> {
  const { rows } = await pool.query<{
    id: string;
    endpointId: string;
    started_at: Date;
    ended_at: Date | null;
    resolved_at: Date | null;
    severity: StoredIncident["severity"];
    severityWorst: StoredIncident["severity"];
    causes: string[];
    failureReason: string | null;
    regions: string[];
    isFlapping: boolean;
    updates: { stage: StoredIncident["updates"][number]["stage"]; body: string; atMs: number }[];
  }>(
    `SELECT id, endpoint_id AS "endpointId", started_at, ended_at, resolved_at, severity,
       severity_worst AS "severityWorst", causes, failure_reason AS "failureReason", regions,
       is_flapping AS "isFlapping",
       coalesce((SELECT jsonb_agg(jsonb_build_object('stage', u.stage, 'body', u.body,
           'atMs', floor(extract(epoch FROM u.at) * 1000)) ORDER BY u.at, u.id)
         FROM (SELECT * FROM public_incident_update u WHERE u.incident_id = i.id ORDER BY at DESC, id LIMIT 20) u), '[]')
         AS updates
     FROM public_incident i WHERE id = $1`,
    [incidentId],
  );
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const { started_at, ended_at, resolved_at, ...rest } = row;
  return {
    ...rest,
    startedAtMs: started_at.getTime(),
    endedAtMs: ended_at?.getTime() ?? null,
    resolvedAtMs: resolved_at?.getTime() ?? null,
  };
}

/** Promises one message to each of these subscribers, in this order. Who was promised this step has it already. */
export async function insertSubscriberDeliveries(
  pool: pg.Pool,
  input: {
    readonly incidentId: string;
    readonly step: string;
    readonly message: AlertMessage;
    readonly subscriberIds: readonly string[];
    /** Messages about this incident that wait already: these come after them. */
    readonly after: number;
    readonly nowMs: number;
    readonly deadlineMs: number;
  },
): Promise<number> {
  const { rowCount } = await pool.query(
    `INSERT INTO subscriber_delivery (subscriber_id, incident_id, step, message, position, due_at, deadline_at, created_at)
     SELECT s.id, $2, $3, $4, $5::int + s.n, $6, $7, $6
     FROM unnest($1::uuid[]) WITH ORDINALITY s (id, n) WHERE EXISTS (SELECT FROM subscriber x WHERE x.id = s.id)
     ON CONFLICT ON CONSTRAINT subscriber_delivery_once DO NOTHING`,
    [
      input.subscriberIds,
      input.incidentId,
      input.step,
      JSON.stringify(input.message),
      input.after,
      new Date(input.nowMs),
      new Date(input.nowMs + input.deadlineMs),
    ],
  );
  return rowCount ?? 0;
}

export interface ClaimedSubscriberDelivery {
  readonly id: string;
  readonly incidentId: string;
  readonly message: unknown;
  /** Tries before this one. */
  readonly attempts: number;
  readonly deadlineAtMs: number;
  readonly subscriberId: string;
  readonly kind: "email" | "webhook";
  readonly sealed: unknown;
  readonly sealingKeyId: string;
  readonly failures: number;
  /** The endpoint may still be shown. */
  readonly isPublic: boolean;
  /** An older message to the same subscriber about the same incident was not settled yet. */
  readonly isBehind: boolean;
}

/**
 * Takes due messages of one kind for `leaseMs`: who dies with them leaves them to the next. The first of every incident
 * before the second of any. Leans on `subscriber_delivery_due`; locked rows are another's.
 */
export async function claimSubscriberDeliveries(
  pool: pg.Pool,
  input: {
    readonly kind: "email" | "webhook";
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly limit: number;
  },
): Promise<ClaimedSubscriberDelivery[]> {
  const { rows } = await pool.query<{
    id: string;
    incident_id: string;
    message: unknown;
    attempts: number;
    deadline_at: Date;
    subscriber_id: string;
    kind: "email" | "webhook";
    sealed: unknown;
    sealing_key_id: string;
    failures: number;
    is_public: boolean;
    is_behind: boolean;
  }>(
    `WITH due AS (
       SELECT d.id FROM subscriber_delivery d JOIN subscriber k ON k.id = d.subscriber_id AND k.kind = $4
       WHERE d.state = 'pending' AND d.due_at <= $1 AND (d.leased_until IS NULL OR d.leased_until <= $1)
       ORDER BY d.position, d.due_at LIMIT $3 FOR UPDATE OF d SKIP LOCKED)
     UPDATE subscriber_delivery d SET leased_until = $1::timestamptz + $2::int * interval '1 ms'
     FROM due, subscriber s, endpoints e
     WHERE d.id = due.id AND s.id = d.subscriber_id AND e.id = s.endpoint_id
     RETURNING d.id, d.incident_id, d.message, d.attempts, d.deadline_at, s.id AS subscriber_id, s.kind, s.sealed,
       s.sealing_key_id, s.failures, e.visibility IN ('public', 'unlisted') AS is_public,
       EXISTS (SELECT FROM subscriber_delivery o WHERE o.subscriber_id = s.id AND o.incident_id = d.incident_id
         AND o.state = 'pending' AND o.created_at < d.created_at) AS is_behind`,
    [new Date(input.nowMs), input.leaseMs, input.limit, input.kind],
  );
  return rows.map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    message: row.message,
    attempts: row.attempts,
    deadlineAtMs: row.deadline_at.getTime(),
    subscriberId: row.subscriber_id,
    kind: row.kind,
    sealed: row.sealed,
    sealingKeyId: row.sealing_key_id,
    failures: row.failures,
    isPublic: row.is_public,
    isBehind: row.is_behind,
  }));
}

/** Settles a message, and the count of its subscriber's failures in a row. */
export async function settleSubscriberDelivery(
  pool: pg.Pool,
  input: {
    readonly id: string;
    readonly state: "sent" | "failed" | "cancelled";
    readonly reason: string;
    readonly at: Date;
  },
): Promise<void> {
  await pool.query(
    `WITH settled AS (
       UPDATE subscriber_delivery SET state = $2, reason = $3, settled_at = $4, attempts = attempts + 1, leased_until = NULL
       WHERE id = $1 AND state = 'pending' RETURNING subscriber_id)
     UPDATE subscriber s SET failures = CASE $2 WHEN 'sent' THEN 0 WHEN 'failed' THEN s.failures + 1 ELSE s.failures END
     FROM settled WHERE s.id = settled.subscriber_id`,
    [input.id, input.state, input.reason, input.at],
  );
}

/** Puts a message off; a wait that cost no try counts none. */
export async function deferSubscriberDelivery(
  pool: pg.Pool,
  input: { readonly id: string; readonly reason: string; readonly dueAt: Date; readonly isTry: boolean },
): Promise<void> {
  await pool.query(
    `UPDATE subscriber_delivery SET due_at = $2, reason = $3, leased_until = NULL, attempts = attempts + $4
     WHERE id = $1 AND state = 'pending'`,
    [input.id, input.dueAt, input.reason, input.isTry ? 1 : 0],
  );
}

/** Forgets a subscriber whose address is dead. */
export async function deleteDeadSubscriber(pool: pg.Pool, subscriberId: string): Promise<void> {
  await pool.query("DELETE FROM subscriber WHERE id = $1", [subscriberId]);
}

/**
 * Forgets who never confirmed in time, and messages about incidents that are over for long: while one can still be told
 * of, they say what was told.
 */
export async function tidySubscribers(
  pool: pg.Pool,
  input: { readonly unconfirmedBefore: Date; readonly overBefore: Date },
): Promise<{ readonly subscribers: number; readonly deliveries: number }> {
  const subscribers = await pool.query(
    "DELETE FROM subscriber WHERE confirmed_at IS NULL AND confirm_until < $1",
    [input.unconfirmedBefore],
  );
  const deliveries = await pool.query(
    `DELETE FROM subscriber_delivery d USING incident i
     WHERE i.id = d.incident_id AND i.resolved_at < $1 AND d.state <> 'pending' AND d.settled_at < $1`,
    [input.overBefore],
  );
  return { subscribers: subscribers.rowCount ?? 0, deliveries: deliveries.rowCount ?? 0 };
}

/** Subscribers whose address is sealed to another key than this one. */
export async function listSubscribersToReseal(
  pool: pg.Pool,
  input: { readonly keyId: string; readonly limit: number },
): Promise<{ readonly id: string; readonly sealed: unknown; readonly sealingKeyId: string }[]> {
  const { rows } = await pool.query<{ id: string; sealed: unknown; sealingKeyId: string }>(
    `SELECT id, sealed, sealing_key_id AS "sealingKeyId" FROM subscriber WHERE sealing_key_id <> $1 LIMIT $2`,
    [input.keyId, input.limit],
  );
  return rows;
}

export async function resealSubscriber(
  pool: pg.Pool,
  input: { readonly id: string; readonly sealed: unknown; readonly sealingKeyId: string },
): Promise<void> {
  await pool.query("UPDATE subscriber SET sealed = $2, sealing_key_id = $3 WHERE id = $1", [
    input.id,
    JSON.stringify(input.sealed),
    input.sealingKeyId,
  ]);
}

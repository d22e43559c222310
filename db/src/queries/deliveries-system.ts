import type { AlertEvent } from "@alivemcp/core/alert-event";
import type { AlertMessage } from "@alivemcp/core/alert-message";
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import type { AlertVerdict, DeliveryState } from "@alivemcp/core/delivery-state";
import type pg from "pg";
import { storableJson } from "./copy-rows.ts";
import { IS_TOLD } from "./incidents-system.ts";

export interface NewAlertDecision {
  readonly tenantId: string;
  readonly atMs: number;
  readonly endpointId: string | null;
  readonly incidentTenantId: string | null;
  readonly alertKey: string;
  readonly event: AlertEvent;
  readonly severity: AlertSeverity;
  /** Null: no sink came into question. */
  readonly sinkId: string | null;
  readonly ruleId: string | null;
  readonly verdict: AlertVerdict;
  readonly reason: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Writes why somebody was, or was not, told; deciding the same alert for the same sink twice adds nothing. */
export async function insertAlertDecisions(
  client: pg.ClientBase,
  decisions: readonly NewAlertDecision[],
): Promise<void> {
  if (decisions.length === 0) {
    return;
  }
  await client.query(
    `INSERT INTO alert_decision (tenant_id, at, endpoint_id, incident_tenant_id, alert_key, event, severity, sink_id,
       rule_id, verdict, reason, facts)
     SELECT u.tenant_id, u.at, u.endpoint_id, u.incident_tenant_id, u.alert_key, u.event, u.severity, u.sink_id,
       r.id, u.verdict, u.reason, u.facts::jsonb
     FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
       $8::uuid[], $9::uuid[], $10::text[], $11::text[], $12::text[])
       WITH ORDINALITY AS u (tenant_id, at, endpoint_id, incident_tenant_id, alert_key, event, severity, sink_id,
         rule_id, verdict, reason, facts, position)
     LEFT JOIN alert_rule r ON r.id = u.rule_id
     ORDER BY u.position
     ON CONFLICT ON CONSTRAINT alert_decision_once DO NOTHING`,
    [
      decisions.map(({ tenantId }) => tenantId),
      decisions.map(({ atMs }) => new Date(atMs)),
      decisions.map(({ endpointId }) => endpointId),
      decisions.map(({ incidentTenantId }) => incidentTenantId),
      decisions.map(({ alertKey }) => alertKey),
      decisions.map(({ event }) => event),
      decisions.map(({ severity }) => severity),
      decisions.map(({ sinkId }) => sinkId),
      decisions.map(({ ruleId }) => ruleId),
      decisions.map(({ verdict }) => verdict),
      decisions.map(({ reason }) => reason),
      decisions.map(({ facts }) => JSON.stringify(facts)),
    ],
  );
}

export interface NewDelivery {
  readonly id: string;
  readonly tenantId: string;
  readonly sinkId: string;
  readonly incidentTenantId: string | null;
  readonly endpointId: string | null;
  readonly alertKey: string;
  readonly dedupKey: string;
  readonly severity: AlertSeverity | null;
  readonly message: AlertMessage;
  readonly state: Extract<DeliveryState, "pending" | "folded" | "cancelled">;
  readonly reason: string | null;
  /** 1 goes first. */
  readonly priority: number;
  readonly atMs: number;
  readonly dueAtMs: number;
  readonly deadlineAtMs: number;
}

/**
 * Notes, for everybody who would have been paged, a trouble that was not confirmed: P4, told by the weekly digest alone.
 * The same one twice adds nothing.
 */
export async function insertBlipDecisions(
  client: pg.ClientBase,
  blips: readonly {
    readonly endpointId: string;
    readonly startedAtMs: number;
    readonly facts: Readonly<Record<string, unknown>>;
  }[],
): Promise<void> {
  if (blips.length === 0) {
    return;
  }
  await client.query(
    `INSERT INTO alert_decision (tenant_id, at, endpoint_id, alert_key, event, severity, verdict, reason, facts)
     SELECT w.id, u.at, e.id, 'blip:' || e.id || ':' || u.key, 'incident.opened', 'P4', 'fold', 'not-confirmed', u.facts::jsonb
     FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) AS u (id, at, key, facts)
     JOIN endpoints e ON e.id = u.id
     JOIN tenants w ON w.id = e.tenant_id OR w.id IN (
       SELECT f.tenant_id FROM follow f WHERE f.endpoint_id = e.id AND f.paused_at IS NULL)
     WHERE ${IS_TOLD}
     ON CONFLICT ON CONSTRAINT alert_decision_once DO NOTHING`,
    [
      blips.map(({ endpointId }) => endpointId),
      blips.map(({ startedAtMs }) => new Date(startedAtMs)),
      blips.map(({ startedAtMs }) => String(startedAtMs)),
      blips.map(({ facts }) => JSON.stringify(facts)),
    ],
  );
}

/** A message that waits to be sent. */
export interface QueuedDelivery {
  readonly id: string;
  /** 1 goes first. */
  readonly priority: number;
}

/**
 * Promises messages: one row per alert and sink, however often it is asked for. Answers those that are new and wait to
 * be sent.
 */
export async function insertDeliveries(
  client: pg.ClientBase,
  deliveries: readonly NewDelivery[],
): Promise<readonly QueuedDelivery[]> {
  if (deliveries.length === 0) {
    return [];
  }
  const { rows } = await client.query<QueuedDelivery & { readonly state: DeliveryState }>(
    `INSERT INTO delivery (id, tenant_id, sink_id, incident_tenant_id, endpoint_id, alert_key, dedup_key, event,
       severity, message, state, reason, priority, created_at, due_at, deadline_at, settled_at)
     SELECT u.id, u.tenant_id, u.sink_id, u.incident_tenant_id, u.endpoint_id, u.alert_key, u.dedup_key, u.event,
       u.severity, u.message::jsonb, u.state, u.reason, u.priority, u.at, u.due_at, u.deadline_at,
       CASE WHEN u.state = 'cancelled' THEN u.at END
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::text[], $12::text[], $13::int[], $14::timestamptz[], $15::timestamptz[],
       $16::timestamptz[])
       WITH ORDINALITY AS u (id, tenant_id, sink_id, incident_tenant_id, endpoint_id, alert_key, dedup_key, event,
         severity, message, state, reason, priority, at, due_at, deadline_at, position)
     JOIN sink s ON s.id = u.sink_id AND s.tenant_id = u.tenant_id
     ORDER BY u.position
     ON CONFLICT ON CONSTRAINT delivery_once DO NOTHING
     RETURNING id, priority, state`,
    [
      deliveries.map(({ id }) => id),
      deliveries.map(({ tenantId }) => tenantId),
      deliveries.map(({ sinkId }) => sinkId),
      deliveries.map(({ incidentTenantId }) => incidentTenantId),
      deliveries.map(({ endpointId }) => endpointId),
      deliveries.map(({ alertKey }) => alertKey),
      deliveries.map(({ dedupKey }) => dedupKey),
      deliveries.map(({ message }) => message.event),
      deliveries.map(({ severity }) => severity),
      deliveries.map(({ message }) => storableJson(message)),
      deliveries.map(({ state }) => state),
      deliveries.map(({ reason }) => reason),
      deliveries.map(({ priority }) => priority),
      deliveries.map(({ atMs }) => new Date(atMs)),
      deliveries.map(({ dueAtMs }) => new Date(dueAtMs)),
      deliveries.map(({ deadlineAtMs }) => new Date(deadlineAtMs)),
    ],
  );
  return rows.filter(({ state }) => state === "pending").map(({ id, priority }) => ({ id, priority }));
}

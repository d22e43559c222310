import type { IncidentSeverity } from "@alivemcp/core/alert-severity";
import type pg from "pg";

/** What is stored of an incident; `services/core/src/advance-incident.ts` decides every change. */
export interface IncidentRow {
  readonly id: string;
  readonly endpointId: string;
  /** The tenant that simulates it; null: it is real. */
  readonly simulatedFor: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly severity: IncidentSeverity;
  readonly severityWorst: IncidentSeverity;
  readonly causes: readonly string[];
  readonly failureReason: string | null;
  readonly regions: readonly string[];
  readonly isFlapping: boolean;
  /** The change of access counted last. */
  readonly access: { readonly atMs: number; readonly isWalled: boolean } | null;
  readonly revision: number;
  /** Next instant at which it changes although nothing is probed. */
  readonly wakeAtMs: number | null;
}

/** What one tenant makes of an incident. */
export interface IncidentTenantRow {
  readonly id: string;
  readonly incidentId: string;
  readonly tenantId: string;
  readonly endpointId: string;
  readonly createdAtMs: number;
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string | null;
  readonly mutedUntilMs: number | null;
  readonly groupId: string | null;
  readonly clusterId: string | null;
  readonly escalationPolicyId: string | null;
  readonly escalationStep: number;
  readonly toldSeverity: IncidentSeverity | null;
  readonly wakeAtMs: number | null;
  readonly resolvedAtMs: number | null;
}

export interface IncidentEventRow {
  readonly incidentId: string;
  /** Null: a fact that everybody sees who sees the incident. */
  readonly tenantId: string | null;
  readonly atMs: number;
  readonly kind: string;
  readonly actor: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Writing the same key twice adds nothing. */
  readonly key: string;
}

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

export const INCIDENT_COLUMNS = `i.id, i.endpoint_id AS "endpointId", i.simulated_for AS "simulatedFor",
  ${ms("i.started_at")} AS "startedAtMs", ${ms("i.ended_at")} AS "endedAtMs", ${ms("i.opened_at")} AS "openedAtMs",
  ${ms("i.resolved_at")} AS "resolvedAtMs", i.severity, i.severity_worst AS "severityWorst", i.causes,
  i.failure_reason AS "failureReason", i.regions, i.is_flapping AS "isFlapping", i.access, i.revision,
  ${ms("i.wake_at")} AS "wakeAtMs"`;

export const INCIDENT_TENANT_COLUMNS = `t.id, t.incident_id AS "incidentId", t.tenant_id AS "tenantId",
  t.endpoint_id AS "endpointId", ${ms("t.created_at")} AS "createdAtMs", ${ms("t.acknowledged_at")} AS "acknowledgedAtMs",
  t.acknowledged_by AS "acknowledgedBy", ${ms("t.muted_until")} AS "mutedUntilMs", t.group_id AS "groupId",
  t.cluster_id AS "clusterId", t.escalation_policy_id AS "escalationPolicyId", t.escalation_step AS "escalationStep",
  t.told_severity AS "toldSeverity", ${ms("t.wake_at")} AS "wakeAtMs", ${ms("t.resolved_at")} AS "resolvedAtMs"`;

/**
 * The newest real incident of each endpoint, open or resolved after an instant, locked until commit; endpoints without
 * one are missing. Locks are taken in the order of the endpoints' ids. Leans on `incident_newest`.
 */
export async function lockNewestIncidents(
  client: pg.ClientBase,
  input: { readonly endpointIds: readonly string[]; readonly resolvedAfterMs: number },
): Promise<readonly IncidentRow[]> {
  const { rows } = await client.query<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS}
     FROM (SELECT DISTINCT id FROM unnest($1::uuid[]) AS u (id) ORDER BY id) e
     CROSS JOIN LATERAL (
       SELECT * FROM incident n WHERE n.endpoint_id = e.id AND n.simulated_for IS NULL
       ORDER BY n.opened_at DESC LIMIT 1 FOR NO KEY UPDATE
     ) i
     WHERE i.resolved_at IS NULL OR i.resolved_at > $2`,
    [input.endpointIds, new Date(input.resolvedAfterMs)],
  );
  return rows;
}

/**
 * Writes incidents whole, by id and in order: those not there yet are opened, unless their endpoint is gone. One that
 * ends goes before the next of the same endpoint, since only one may be open.
 */
export async function upsertIncidents(
  client: pg.ClientBase,
  incidents: readonly IncidentRow[],
): Promise<void> {
  if (incidents.length === 0) {
    return;
  }
  await client.query(
    `INSERT INTO incident (id, endpoint_id, simulated_for, started_at, ended_at, opened_at, resolved_at, severity,
       severity_worst, causes, failure_reason, regions, is_flapping, access, revision, wake_at)
     SELECT u.id, u.endpoint_id, u.simulated_for, u.started_at, u.ended_at, u.opened_at, u.resolved_at, u.severity,
       u.severity_worst, ARRAY(SELECT jsonb_array_elements_text(u.causes::jsonb)), u.failure_reason,
       ARRAY(SELECT jsonb_array_elements_text(u.regions::jsonb)), u.is_flapping, u.access::jsonb, u.revision, u.wake_at
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
       $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::text[],
       $15::int[], $16::timestamptz[])
       WITH ORDINALITY AS u (id, endpoint_id, simulated_for, started_at, ended_at, opened_at, resolved_at, severity,
         severity_worst, causes, failure_reason, regions, is_flapping, access, revision, wake_at, position)
     JOIN endpoints e ON e.id = u.endpoint_id
     ORDER BY u.position
     ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at,
       resolved_at = excluded.resolved_at, severity = excluded.severity, severity_worst = excluded.severity_worst,
       causes = excluded.causes, failure_reason = excluded.failure_reason, regions = excluded.regions,
       is_flapping = excluded.is_flapping, access = excluded.access, revision = excluded.revision,
       wake_at = excluded.wake_at`,
    [
      incidents.map(({ id }) => id),
      incidents.map(({ endpointId }) => endpointId),
      incidents.map(({ simulatedFor }) => simulatedFor),
      incidents.map(({ startedAtMs }) => new Date(startedAtMs)),
      incidents.map(({ endedAtMs }) => dateOrNull(endedAtMs)),
      incidents.map(({ openedAtMs }) => new Date(openedAtMs)),
      incidents.map(({ resolvedAtMs }) => dateOrNull(resolvedAtMs)),
      incidents.map(({ severity }) => severity),
      incidents.map(({ severityWorst }) => severityWorst),
      incidents.map(({ causes }) => JSON.stringify(causes)),
      incidents.map(({ failureReason }) => failureReason),
      incidents.map(({ regions }) => JSON.stringify(regions)),
      incidents.map(({ isFlapping }) => isFlapping),
      incidents.map(({ access }) => (access === null ? null : JSON.stringify(access))),
      incidents.map(({ revision }) => revision),
      incidents.map(({ wakeAtMs }) => dateOrNull(wakeAtMs)),
    ],
  );
}

/** Adds to timelines what is not there yet; events of incidents that are gone are left out. */
export async function insertIncidentEvents(
  client: pg.ClientBase,
  events: readonly IncidentEventRow[],
): Promise<void> {
  if (events.length === 0) {
    return;
  }
  await client.query(
    `INSERT INTO incident_event (incident_id, tenant_id, at, kind, actor, facts, key)
     SELECT u.incident_id, u.tenant_id, u.at, u.kind, u.actor, u.facts::jsonb, u.key
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
       WITH ORDINALITY AS u (incident_id, tenant_id, at, kind, actor, facts, key, position)
     JOIN incident i ON i.id = u.incident_id
     ORDER BY u.position
     ON CONFLICT ON CONSTRAINT incident_event_once DO NOTHING`,
    [
      events.map(({ incidentId }) => incidentId),
      events.map(({ tenantId }) => tenantId),
      events.map(({ atMs }) => new Date(atMs)),
      events.map(({ kind }) => kind),
      events.map(({ actor }) => actor),
      events.map(({ facts }) => JSON.stringify(facts)),
      events.map(({ key }) => key),
    ],
  );
}

/** A tenant that is told: it is a customer, neither suspended nor on its way out. Condition on `w` (tenants). */
export const IS_TOLD = "(w.kind = 'customer' AND w.suspended_at IS NULL AND w.deletion_due_at IS NULL)";

/**
 * Makes a row for everybody who is to hear of these incidents and has none yet: the endpoint's owner, unless it is the
 * public tenant, and every follower that did not pause it. Of a simulated one: who simulates it, nobody else.
 * Suspended and leaving tenants get none.
 */
export async function addIncidentTenants(
  client: pg.ClientBase,
  input: { readonly incidentIds: readonly string[]; readonly atMs: number },
): Promise<void> {
  if (input.incidentIds.length === 0) {
    return;
  }
  await client.query(
    `INSERT INTO incident_tenant (incident_id, tenant_id, endpoint_id, created_at)
     SELECT i.id, w.id, i.endpoint_id, $2
     FROM incident i
     JOIN endpoints e ON e.id = i.endpoint_id
     CROSS JOIN LATERAL (
       SELECT e.tenant_id AS id WHERE i.simulated_for IS NULL AND e.paused_at IS NULL
       UNION SELECT f.tenant_id FROM follow f
         WHERE f.endpoint_id = e.id AND f.paused_at IS NULL AND i.simulated_for IS NULL
       UNION SELECT i.simulated_for WHERE i.simulated_for IS NOT NULL
     ) told
     JOIN tenants w ON w.id = told.id
     WHERE i.id = ANY($1::uuid[]) AND ${IS_TOLD}
     ORDER BY i.id, w.id
     ON CONFLICT (incident_id, tenant_id) DO NOTHING`,
    [input.incidentIds, new Date(input.atMs)],
  );
}

/** Rows of tenants that are still to be told of these incidents, locked until commit in the order of their ids. */
export async function lockIncidentTenants(
  client: pg.ClientBase,
  incidentIds: readonly string[],
): Promise<readonly IncidentTenantRow[]> {
  if (incidentIds.length === 0) {
    return [];
  }
  const { rows } = await client.query<IncidentTenantRow>(
    `SELECT ${INCIDENT_TENANT_COLUMNS} FROM incident_tenant t JOIN tenants w ON w.id = t.tenant_id
     WHERE t.incident_id = ANY($1::uuid[]) AND ${IS_TOLD} ORDER BY t.id FOR NO KEY UPDATE OF t`,
    [incidentIds],
  );
  return rows;
}

/** What the router itself changes of a tenant's row; acknowledgements and mutes are the people's. */
export type IncidentTenantChange = Pick<
  IncidentTenantRow,
  | "id"
  | "groupId"
  | "clusterId"
  | "escalationPolicyId"
  | "escalationStep"
  | "toldSeverity"
  | "wakeAtMs"
  | "resolvedAtMs"
>;

export async function updateIncidentTenants(
  client: pg.ClientBase,
  changes: readonly IncidentTenantChange[],
): Promise<void> {
  if (changes.length === 0) {
    return;
  }
  await client.query(
    `UPDATE incident_tenant t SET group_id = u.group_id, cluster_id = u.cluster_id,
       escalation_policy_id = u.escalation_policy_id, escalation_step = u.escalation_step,
       told_severity = u.told_severity, wake_at = u.wake_at, resolved_at = u.resolved_at
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::timestamptz[],
       $8::timestamptz[])
       AS u (id, group_id, cluster_id, escalation_policy_id, escalation_step, told_severity, wake_at, resolved_at)
     WHERE t.id = u.id`,
    [
      changes.map(({ id }) => id),
      changes.map(({ groupId }) => groupId),
      changes.map(({ clusterId }) => clusterId),
      changes.map(({ escalationPolicyId }) => escalationPolicyId),
      changes.map(({ escalationStep }) => escalationStep),
      changes.map(({ toldSeverity }) => toldSeverity),
      changes.map(({ wakeAtMs }) => dateOrNull(wakeAtMs)),
      changes.map(({ resolvedAtMs }) => dateOrNull(resolvedAtMs)),
    ],
  );
}

const dateOrNull = (atMs: number | null) => (atMs === null ? null : new Date(atMs));

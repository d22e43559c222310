/** What is to be told although no verdict came: rows that time, people or other processes left for the router. */
import type { DriftConcern } from "@alivemcp/core/drift-change";
import type pg from "pg";
import { IS_WATCHED } from "./endpoint-plan-row.ts";
import {
  INCIDENT_COLUMNS,
  INCIDENT_TENANT_COLUMNS,
  type IncidentRow,
  type IncidentTenantRow,
  IS_TOLD,
} from "./incidents-system.ts";

interface Turn {
  readonly atMs: number;
  readonly limit: number;
}

/** Open incidents whose time has come, locked until commit; those that another router has in hand are left to it. */
export async function lockIncidentsToWake(
  client: pg.ClientBase,
  turn: Turn,
): Promise<readonly IncidentRow[]> {
  const { rows } = await client.query<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS} FROM incident i
     WHERE i.wake_at <= $1 AND i.resolved_at IS NULL ORDER BY i.wake_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
    [new Date(turn.atMs), turn.limit],
  );
  return rows;
}

/** Simulated incidents that nobody was told of yet, locked until commit. Leans on `incident_simulated`. */
export async function lockIncidentsToSimulate(
  client: pg.ClientBase,
  turn: Pick<Turn, "limit">,
): Promise<readonly IncidentRow[]> {
  const { rows } = await client.query<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS} FROM incident i
     WHERE i.resolved_at IS NULL AND i.simulated_for IS NOT NULL AND i.wake_at IS NULL
     ORDER BY i.opened_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`,
    [turn.limit],
  );
  return rows;
}

/** Open incidents of endpoints that nobody probes any more, locked until commit. Leans on `incident_one_open`. */
export async function lockUnwatchedIncidents(
  client: pg.ClientBase,
  turn: Pick<Turn, "limit">,
): Promise<readonly IncidentRow[]> {
  const { rows } = await client.query<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS} FROM incident i JOIN endpoints e ON e.id = i.endpoint_id
     WHERE i.resolved_at IS NULL AND i.simulated_for IS NULL AND NOT ${IS_WATCHED}
     LIMIT $1 FOR NO KEY UPDATE OF i SKIP LOCKED`,
    [turn.limit],
  );
  return rows;
}

/**
 * Tenants' rows that are to be decided again: an escalation step, a mute that ends, an answer somebody gave. Locked until
 * commit, each with its incident. Leans on `incident_tenant_wake`.
 */
export async function lockIncidentTenantsToWake(
  client: pg.ClientBase,
  turn: Turn,
): Promise<readonly { readonly row: IncidentTenantRow; readonly incident: IncidentRow }[]> {
  const { rows } = await client.query<IncidentTenantRow>(
    `SELECT ${INCIDENT_TENANT_COLUMNS} FROM incident_tenant t
     WHERE t.wake_at <= $1 ORDER BY t.wake_at, t.id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
    [new Date(turn.atMs), turn.limit],
  );
  const incidents = await listIncidentsById(
    client,
    rows.map(({ incidentId }) => incidentId),
  );
  const incidentOf = new Map(incidents.map((incident) => [incident.id, incident]));
  return rows.flatMap((row) => {
    const incident = incidentOf.get(row.incidentId);
    return incident ? [{ row, incident }] : [];
  });
}

async function listIncidentsById(
  client: pg.ClientBase,
  ids: readonly string[],
): Promise<readonly IncidentRow[]> {
  if (ids.length === 0) {
    return [];
  }
  const { rows } = await client.query<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS} FROM incident i WHERE i.id = ANY($1::uuid[])`,
    [ids],
  );
  return rows;
}

/** Nothing is left to decide about these rows. */
export async function calmIncidentTenants(client: pg.ClientBase, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) {
    await client.query("UPDATE incident_tenant SET wake_at = NULL WHERE id = ANY($1::uuid[])", [ids]);
  }
}

/**
 * Public updates that nobody was told of, marked as told, with their incidents while these are open. Leans on
 * `incident_update_to_tell`.
 */
export async function takeUpdatesToTell(
  client: pg.ClientBase,
  turn: Turn,
): Promise<readonly { readonly updateId: string; readonly incident: IncidentRow }[]> {
  const { rows } = await client.query<{ id: string; incident_id: string }>(
    `UPDATE incident_update u SET told_at = $1
     FROM (SELECT id FROM incident_update WHERE told_at IS NULL ORDER BY at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) taken
     WHERE u.id = taken.id RETURNING u.id, u.incident_id`,
    [new Date(turn.atMs), turn.limit],
  );
  const incidents = await listIncidentsById(
    client,
    rows.map(({ incident_id }) => incident_id),
  );
  return rows.flatMap(({ id, incident_id }) => {
    const incident = incidents.find((one) => one.id === incident_id && one.resolvedAtMs === null);
    return incident ? [{ updateId: id, incident }] : [];
  });
}

export interface DriftToTell {
  readonly id: string;
  readonly endpointId: string;
  readonly atMs: number;
  readonly changes: readonly {
    readonly isBreaking: boolean;
    readonly concern: DriftConcern | null;
    readonly tool: string;
  }[];
  /** Owner and followers that are to hear of it. */
  readonly tenantIds: readonly string[];
}

/** Drift that was not decided about yet, marked as decided. Leans on `drift_event_to_alert`. */
export async function takeDriftToTell(client: pg.ClientBase, turn: Turn): Promise<readonly DriftToTell[]> {
  const { rows } = await client.query<DriftToTell>(
    `UPDATE drift_event d SET alerted_at = $1
     FROM (SELECT id FROM drift_event WHERE alerted_at IS NULL ORDER BY at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) taken
     WHERE d.id = taken.id
     RETURNING d.id, d.endpoint_id AS "endpointId", round(extract(epoch FROM d.at) * 1000)::float8 AS "atMs", d.changes,
       ARRAY(SELECT w.id FROM tenants w WHERE ${IS_TOLD} AND w.id IN (
         SELECT e.tenant_id FROM endpoints e WHERE e.id = d.endpoint_id AND e.paused_at IS NULL
         UNION SELECT f.tenant_id FROM follow f WHERE f.endpoint_id = d.endpoint_id AND f.paused_at IS NULL)
       ) AS "tenantIds"`,
    [new Date(turn.atMs), turn.limit],
  );
  return rows;
}

export interface ExpiryToTell {
  readonly what: "certificate" | "credential";
  readonly endpointId: string;
  readonly tenantId: string;
  readonly expiresAtMs: number;
}

/**
 * Certificates and credentials that end within the days of a step at which their endpoint's owner was not told yet.
 * `stepDays` as core has them; the key of the decision says whether a step was told.
 */
export async function listExpiriesToTell(
  client: pg.ClientBase | pg.Pool,
  input: Turn & { readonly stepDays: readonly number[] },
): Promise<readonly ExpiryToTell[]> {
  const { rows } = await client.query<ExpiryToTell>(
    `SELECT x.what, x.endpoint_id AS "endpointId", e.tenant_id AS "tenantId", x.ends_ms AS "expiresAtMs"
     FROM (
       SELECT 'certificate' AS what, endpoint_id, tls_expires_at AS ends_at,
         round(extract(epoch FROM tls_expires_at) * 1000)::float8 AS ends_ms
       FROM endpoint_memory
       UNION ALL
       SELECT 'credential', endpoint_id, expires_at, round(extract(epoch FROM expires_at) * 1000)::float8
       FROM endpoint_credential
     ) x
     JOIN endpoints e ON e.id = x.endpoint_id AND e.paused_at IS NULL
     JOIN tenants w ON w.id = e.tenant_id
     CROSS JOIN LATERAL (
       SELECT min(step) AS days FROM unnest($2::int[]) AS u (step) WHERE x.ends_at <= $1::timestamptz + step * interval '1 day'
     ) due
     WHERE ${IS_TOLD} AND x.ends_at > $1 AND due.days IS NOT NULL AND NOT EXISTS (
       SELECT FROM alert_decision d WHERE d.tenant_id = w.id
         AND d.alert_key = x.what || ':' || x.endpoint_id || ':' || x.ends_ms::bigint || ':' || due.days)
     ORDER BY x.ends_at LIMIT $3`,
    [new Date(input.atMs), input.stepDays, input.limit],
  );
  return rows;
}

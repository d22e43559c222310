/** Shared causes that strike many tenants at once, and who is under them. */
import { FAILURE_REASONS, type FailureReason } from "@alivemcp/core/states";
import type pg from "pg";
import { IS_TOLD } from "./incidents-system.ts";

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** An open or recent real outage as one tenant has it, with what it may share with others. */
export interface CausedIncident {
  readonly incidentTenantId: string;
  readonly tenantId: string;
  readonly endpointId: string;
  readonly createdAtMs: number;
  readonly isOpen: boolean;
  readonly clusterId: string | null;
  readonly host: string;
  readonly registrableDomain: string;
  readonly failureReason: FailureReason | null;
  readonly regions: readonly string[];
  /** Regions that the endpoint is probed from; empty: all. */
  readonly regionsAsked: readonly string[];
}

const COLUMNS = `t.id AS "incidentTenantId", t.tenant_id AS "tenantId", t.endpoint_id AS "endpointId",
  ${ms("t.created_at")} AS "createdAtMs", t.resolved_at IS NULL AS "isOpen", t.cluster_id AS "clusterId", e.host,
  e.registrable_domain AS "registrableDomain", i.failure_reason AS "failureReason", i.regions,
  e.regions AS "regionsAsked"`;
const FROM = `incident_tenant t JOIN incident i ON i.id = t.incident_id AND i.simulated_for IS NULL
  JOIN endpoints e ON e.id = t.endpoint_id`;

/** Outages that were, or became, pages since an instant, whether they are over or not. Leans on `incident_tenant_recent`. */
export async function listCausedIncidents(
  client: pg.ClientBase,
  sinceMs: number,
): Promise<readonly CausedIncident[]> {
  const { rows } = await client.query<CausedIncident>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE t.created_at >= $1 AND i.severity_worst = 'P1' ORDER BY t.id`,
    [new Date(sinceMs)],
  );
  return rows.map(known);
}

/** The same of tenants' rows by id. */
export async function listCausedOf(
  client: pg.ClientBase,
  incidentTenantIds: readonly string[],
): Promise<readonly CausedIncident[]> {
  const { rows } = await client.query<CausedIncident>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE t.id = ANY($1::uuid[]) ORDER BY t.id`,
    [incidentTenantIds],
  );
  return rows.map(known);
}

/** Words of a newer version are left out. */
const known = (row: CausedIncident): CausedIncident => ({
  ...row,
  failureReason: FAILURE_REASONS.find((reason) => reason === row.failureReason) ?? null,
});

/** Tenants that could be paged at all: told, and watching something. */
export async function countPageableTenants(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM tenants w WHERE ${IS_TOLD}
       AND (EXISTS (SELECT FROM endpoints e WHERE e.tenant_id = w.id AND e.paused_at IS NULL)
         OR EXISTS (SELECT FROM follow f WHERE f.tenant_id = w.id AND f.paused_at IS NULL))`,
  );
  return rows[0]?.n ?? 0;
}

export interface ClusterRow {
  readonly id: string;
  readonly cause: string;
  readonly openedAtMs: number;
  /** The most tenants that were in it at once. */
  readonly tenants: number;
}

/** Open clusters; `lock`: held until commit, so that one process judges them at a time. */
export async function listOpenClusters(
  client: pg.ClientBase,
  options: { readonly lock: boolean },
): Promise<readonly ClusterRow[]> {
  const { rows } = await client.query<ClusterRow>(
    `SELECT id, cause, ${ms("opened_at")} AS "openedAtMs", tenants FROM suppression_cluster
     WHERE closed_at IS NULL ORDER BY opened_at, id ${options.lock ? "FOR NO KEY UPDATE" : ""}`,
  );
  return rows;
}

/** When clusters closed since an instant, by their cause. */
export async function listClosings(
  client: pg.ClientBase,
  sinceMs: number,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ cause: string; closedAtMs: number }>(
    `SELECT cause, ${ms("max(closed_at)")} AS "closedAtMs" FROM suppression_cluster WHERE closed_at >= $1 GROUP BY cause`,
    [new Date(sinceMs)],
  );
  return new Map(rows.map(({ cause, closedAtMs }) => [cause, closedAtMs]));
}

/** Opens a cluster unless the cause has one; answers it, or null. */
export async function insertCluster(
  client: pg.ClientBase,
  input: {
    readonly cause: string;
    readonly atMs: number;
    readonly tenants: number;
    readonly endpoints: number;
    readonly tenantsAll: number;
  },
): Promise<ClusterRow | null> {
  const { rows } = await client.query<ClusterRow>(
    `INSERT INTO suppression_cluster (cause, opened_at, tenants, endpoints, tenants_all) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (cause) WHERE closed_at IS NULL DO NOTHING
     RETURNING id, cause, ${ms("opened_at")} AS "openedAtMs", tenants`,
    [input.cause, new Date(input.atMs), input.tenants, input.endpoints, input.tenantsAll],
  );
  return rows[0] ?? null;
}

/** Raises how many it struck at most. */
export async function widenCluster(
  client: pg.ClientBase,
  input: { readonly id: string; readonly tenants: number; readonly endpoints: number },
): Promise<void> {
  await client.query(
    "UPDATE suppression_cluster SET tenants = greatest(tenants, $2), endpoints = greatest(endpoints, $3) WHERE id = $1",
    [input.id, input.tenants, input.endpoints],
  );
}

/** Closes a cluster. Who is under it and still in trouble is decided about anew at once. */
export async function closeCluster(
  client: pg.ClientBase,
  input: { readonly id: string; readonly atMs: number },
): Promise<void> {
  const at = new Date(input.atMs);
  await client.query("UPDATE suppression_cluster SET closed_at = $2 WHERE id = $1", [input.id, at]);
  await client.query(
    `UPDATE incident_tenant SET cluster_id = NULL, wake_at = least(coalesce(wake_at, $2), $2)
     WHERE cluster_id = $1 AND resolved_at IS NULL`,
    [input.id, at],
  );
}

/** Tenants under a cluster whose sinks hold no message of this key yet. Leans on `incident_tenant_by_cluster`. */
export async function listUntoldOfCluster(
  client: pg.ClientBase,
  input: { readonly id: string; readonly alertKey: string; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await client.query<{ tenantId: string }>(
    `SELECT DISTINCT t.tenant_id AS "tenantId" FROM incident_tenant t
     WHERE t.cluster_id = $1 AND NOT EXISTS (SELECT FROM delivery d
       WHERE d.tenant_id = t.tenant_id AND d.alert_key = $2) LIMIT $3`,
    [input.id, input.alertKey, input.limit],
  );
  return rows.map(({ tenantId }) => tenantId);
}

/** Tenants that hold a message of this key. */
export async function listToldTenants(client: pg.ClientBase, alertKey: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ tenantId: string }>(
    `SELECT DISTINCT tenant_id AS "tenantId" FROM delivery WHERE alert_key = $1`,
    [alertKey],
  );
  return rows.map(({ tenantId }) => tenantId);
}

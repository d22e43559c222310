import type pg from "pg";
import { tablesErased } from "../erasure-list.ts";
import { grantTenantScope, type TenantScope } from "../tenant-scope.ts";

/** Tenants whose deletion is due by the database's clock, the longest waiting first. Leans on `tenants_by_deletion`. */
export async function listDueTenants(pool: pg.Pool, limit: number): Promise<readonly TenantScope[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM tenants WHERE deletion_due_at <= now() AND kind = 'customer'
     ORDER BY deletion_due_at LIMIT $1`,
    [limit],
  );
  return rows.map(({ id }) => grantTenantScope(id, "system-job"));
}

/**
 * Deletes at most `limit` rows of one table of a tenant that is due; answers how many went. The database refuses
 * tenants that are not due.
 */
export async function eraseTenantRows(
  pool: pg.Pool,
  scope: TenantScope,
  { table, limit }: { readonly table: string; readonly limit: number },
): Promise<number> {
  const { rows } = await pool.query<{ erased: number }>("SELECT erase_tenant_rows($1, $2, $3) AS erased", [
    scope.tenantId,
    table,
    limit,
  ]);
  return rows[0]?.erased ?? 0;
}

/** Deletes the tenant's own row and writes that into the audit log, both or neither. */
export async function eraseTenantRow(client: pg.ClientBase, scope: TenantScope): Promise<void> {
  await client.query("SELECT erase_tenant($1)", [scope.tenantId]);
  await insertErasureAudit(client, {
    tenantId: scope.tenantId,
    action: "workspace.erase",
    target: "workspace",
  });
}

/** Persons who asked to be erased and own no workspace, the longest waiting first. */
export async function listErasablePersons(pool: pg.Pool, limit: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ user_id: string }>("SELECT user_id FROM erasable_persons($1)", [limit]);
  return rows.map(({ user_id }) => user_id);
}

/** Erases one person from every table, and tells it to the audit logs of the workspaces they belonged to. */
export async function erasePersonRows(client: pg.ClientBase, userId: string): Promise<void> {
  const { rows } = await client.query<{ tenant_id: string }>(
    "SELECT tenant_id FROM members WHERE user_id = $1 ORDER BY tenant_id",
    [userId],
  );
  await client.query("SELECT erase_person_rows($1, 'members')", [userId]);
  for (const table of tablesErased("person")) {
    await client.query("SELECT erase_person_rows($1, $2)", [userId, table]);
  }
  await client.query("SELECT erase_person($1)", [userId]);
  for (const tenantId of [...rows.map((row) => row.tenant_id), null]) {
    await insertErasureAudit(client, {
      tenantId,
      action: "member.erase",
      target: "member",
      targetId: userId,
    });
  }
}

/** An endpoint that is gone, with what its probes left behind. */
export interface ErasedEndpoint {
  readonly endpointId: string;
  readonly endpointNumber: number;
}

/** Endpoints deleted before an instant, whose traces are still to be looked for; the oldest first. */
export async function listErasedEndpoints(
  pool: pg.Pool,
  input: { readonly deletedBeforeMs: number; readonly limit: number },
): Promise<readonly ErasedEndpoint[]> {
  const { rows } = await pool.query<{ endpoint_id: string; endpoint_number: number }>(
    "SELECT endpoint_id, endpoint_number FROM endpoint_erasure WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2",
    [new Date(input.deletedBeforeMs), input.limit],
  );
  return rows.map((row) => ({ endpointId: row.endpoint_id, endpointNumber: row.endpoint_number }));
}

const KEY_OF: Readonly<Record<string, string>> = {
  probe_minute: "endpoint_number, retention_class, minute_at",
  probe_evidence: "endpoint_number, retention_class, minute_at, region",
  probe_hour: "endpoint_number, hour_at",
  probe_day: "endpoint_number, day",
};

/** Deletes at most `limit` rows that probes of an endpoint left in one table; answers how many went. Leans on its key. */
export async function eraseProbeRows(
  pool: pg.Pool,
  input: { readonly table: string; readonly endpointNumber: number; readonly limit: number },
): Promise<number> {
  const key = KEY_OF[input.table];
  if (key === undefined) {
    throw new Error(`${input.table} holds no rows of probes`);
  }
  const { rowCount } = await pool.query(
    `DELETE FROM ${input.table} WHERE endpoint_number = $1 AND (${key}) IN (
       SELECT ${key} FROM ${input.table} WHERE endpoint_number = $1 LIMIT $2)`,
    [input.endpointNumber, input.limit],
  );
  return rowCount ?? 0;
}

/** Takes an endpoint off the queue: nothing of it was found any more. */
export async function forgetErasedEndpoint(pool: pg.Pool, endpointId: string): Promise<void> {
  await pool.query("DELETE FROM endpoint_erasure WHERE endpoint_id = $1", [endpointId]);
}

/** Deletes endpoints that a smaller plan paused 30 days ago, at most `limit`, each with its audit row; answers how many. */
export async function deleteExcessEndpoints(client: pg.ClientBase, limit: number): Promise<number> {
  const { rows } = await client.query<{ endpoint_id: string; tenant_id: string }>(
    "SELECT endpoint_id, tenant_id FROM delete_excess_endpoints($1)",
    [limit],
  );
  for (const { endpoint_id: targetId, tenant_id: tenantId } of rows) {
    await insertErasureAudit(client, { tenantId, action: "endpoint.expire", target: "endpoint", targetId });
  }
  return rows.length;
}

/** Ends follows that a smaller plan paused 30 days ago. */
export async function deleteExcessFollows(pool: pg.Pool): Promise<void> {
  await pool.query("DELETE FROM follow WHERE paused_at <= now() - interval '30 days'");
}

/**
 * Lets the shorter memory of a smaller plan begin 30 days after it was chosen: until then days and minutes stay as the
 * larger one promised. At most `limit` endpoints; answers how many.
 */
export async function lowerRetentionClasses(pool: pg.Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE endpoints SET retention_class = x.plan FROM (
       SELECT e.id, t.plan FROM endpoints e JOIN tenants t ON t.id = e.tenant_id
       WHERE t.plan_changed_at <= now() - interval '30 days' AND e.retention_class <> t.plan AND t.kind = 'customer'
       LIMIT $1) x
     WHERE endpoints.id = x.id`,
    [limit],
  );
  return rowCount ?? 0;
}

async function insertErasureAudit(
  client: pg.ClientBase,
  row: {
    readonly tenantId: string | null;
    readonly action: string;
    readonly target: string;
    readonly targetId?: string;
  },
): Promise<void> {
  await client.query(
    `INSERT INTO audit_log (tenant_id, actor_kind, actor_id, action, target_kind, target_id)
     VALUES ($1, 'system', 'archiver', $2, $3, $4)`,
    [row.tenantId, row.action, row.target, row.targetId ?? row.tenantId],
  );
}

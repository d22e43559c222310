import type pg from "pg";

/** Ids of tenants that have data keys, in order, after `afterId`. All tenants: the role `app` learns ids only. */
export async function listVaultTenants(
  pool: pg.Pool,
  page: { readonly afterId: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ tenant_id: string }>("SELECT tenant_id FROM vault_tenants($1, $2)", [
    page.afterId,
    page.limit,
  ]);
  return rows.map((row) => row.tenant_id);
}

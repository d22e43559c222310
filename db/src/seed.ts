import type pg from "pg";

/** Owns what nobody claimed yet; made by the first migration. */
export const PUBLIC_TENANT_ID = "00000000-0000-4000-8000-000000000001";
/** Owns what is added with the operator key, before there are accounts. */
export const DEFAULT_TENANT_ID = "00000000-0000-4000-8000-000000000002";

/** Makes the default tenant, or moves it to the given plan; idempotent. Runs as the owner role. */
export async function seedDefaultTenant(client: pg.ClientBase, plan: string): Promise<void> {
  await client.query(
    `INSERT INTO tenants (id, kind, name, slug, plan) VALUES ($1, 'customer', 'Default', 'default', $2)
     ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, updated_at = now() WHERE tenants.plan <> excluded.plan`,
    [DEFAULT_TENANT_ID, plan],
  );
}

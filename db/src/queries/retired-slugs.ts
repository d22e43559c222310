import { sql } from "drizzle-orm/sql";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** As the column's check has it: what cannot be a slug is not asked for, nor an error of Postgres. */
const SLUG = /^[a-z0-9-]{1,120}$/;

/** The slug now of the tenant's endpoint that had this one before; null for any other. A live slug is never led on. */
export async function findPresentSlug(scope: TenantScope, tx: Tx, slug: string): Promise<string | null> {
  if (!SLUG.test(slug)) {
    return null;
  }
  const { rows } = await tx.execute<{ slug: string }>(sql`
    SELECT e.slug FROM retired_slug r JOIN endpoints e ON e.id = r.endpoint_id
    WHERE r.slug = ${slug} AND e.tenant_id = ${scope.tenantId} AND e.slug <> r.slug`);
  return rows[0]?.slug ?? null;
}

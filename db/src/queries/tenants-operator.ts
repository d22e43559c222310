import { isPlanName, type PlanName } from "@alivemcp/core/plans";
import type pg from "pg";

/** A workspace as operators find it. */
export interface FoundTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: PlanName;
  readonly createdAt: Date;
  readonly suspendedAt: Date | null;
  readonly suspendedReason: string | null;
  readonly deletionDueAt: Date | null;
  readonly ownerEmail: string | null;
  readonly memberCount: number;
  readonly endpointCount: number;
}

const COLUMNS = `
  t.id, t.slug, t.name, t.plan, t.created_at AS "createdAt", t.suspended_at AS "suspendedAt",
  t.suspended_reason AS "suspendedReason", t.deletion_due_at AS "deletionDueAt",
  (SELECT u.email FROM members m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = t.id AND m.role = 'owner')
    AS "ownerEmail",
  (SELECT count(*)::int FROM members m WHERE m.tenant_id = t.id) AS "memberCount",
  (SELECT count(*)::int FROM endpoints e WHERE e.tenant_id = t.id) AS "endpointCount"`;

/**
 * Workspaces whose name, slug or id, or a member's address, holds the text, by slug; `afterSlug` is the last one of the
 * page before. The tenant of unclaimed endpoints is nobody's and left out. Runs as `operator`.
 */
export async function findTenants(
  pool: pg.Pool,
  page: { readonly text: string; readonly afterSlug: string | null; readonly limit: number },
): Promise<FoundTenant[]> {
  const { rows } = await pool.query(
    `SELECT ${COLUMNS} FROM tenants t
     WHERE t.kind = 'customer' AND ($2::text IS NULL OR t.slug > $2)
       AND (position(lower($1) IN lower(concat_ws(' ', t.name, t.slug, t.id))) > 0
         OR EXISTS (SELECT FROM members m JOIN users u ON u.id = m.user_id
                    WHERE m.tenant_id = t.id AND position(lower($1) IN u.email) > 0))
     ORDER BY t.slug LIMIT $3`,
    [page.text, page.afterSlug, page.limit],
  );
  return rows.map(foundOfRow);
}

/** As the columns have it: what cannot be a slug or an id is not asked for, nor an error of Postgres. */
const SLUG = /^[a-z0-9-]{1,60}$/;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One of them by slug or id; null when there is none. Runs as `operator`. */
export async function findTenantAsOperator(pool: pg.Pool, slugOrId: string): Promise<FoundTenant | null> {
  if (!SLUG.test(slugOrId)) {
    return null;
  }
  const { rows } = await pool.query(
    `SELECT ${COLUMNS} FROM tenants t WHERE t.kind = 'customer' AND (t.slug = $1 OR t.id = $2)`,
    [slugOrId, ID.test(slugOrId) ? slugOrId : null],
  );
  return rows[0] ? foundOfRow(rows[0]) : null;
}

const foundOfRow = (row: FoundTenant): FoundTenant => ({
  ...row,
  plan: isPlanName(row.plan) ? row.plan : "public",
});

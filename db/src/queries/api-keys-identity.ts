import type { Scope } from "@alivemcp/core/permissions";
import { isPlanName, PLANS, type Plan } from "@alivemcp/core/plans";
import type pg from "pg";

/** What stands behind a prefix: all that is needed to say whose request it is, in one look-up. */
export interface PresentedApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly secretHash: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly plan: Plan;
}

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly secret_hash: string;
  readonly scopes: Scope[];
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly plan: string;
}

/** The key of a prefix, before its tenant is known; null when there is none. Runs as `identity`. */
export async function findApiKeyByPrefix(pool: pg.Pool, prefix: string): Promise<PresentedApiKey | null> {
  const { rows } = await pool.query<Row>({
    name: "find-api-key-by-prefix",
    text: `SELECT k.id, k.tenant_id, k.secret_hash, k.scopes, k.expires_at, k.last_used_at, k.revoked_at, t.plan
           FROM api_keys k JOIN tenants t ON t.id = k.tenant_id WHERE k.prefix = $1`,
    values: [prefix],
  });
  const [row] = rows;
  return row
    ? {
        id: row.id,
        tenantId: row.tenant_id,
        secretHash: row.secret_hash,
        scopes: row.scopes,
        expiresAt: row.expires_at,
        lastUsedAt: row.last_used_at,
        revokedAt: row.revoked_at,
        plan: PLANS[isPlanName(row.plan) ? row.plan : "public"],
      }
    : null;
}

/** Notes that a key was used, unless that was noted after `unlessSince`. Never moves the time back. Runs as `identity`. */
export async function touchApiKey(
  pool: pg.Pool,
  use: { readonly id: string; readonly at: Date; readonly unlessSince: Date },
): Promise<void> {
  await pool.query(
    "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
    [use.id, use.at, use.unlessSince],
  );
}

import { and, desc, eq } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { tenantDataKey } from "../schema/vault.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface DataKeyRow {
  readonly version: number;
  readonly provider: string;
  readonly providerKeyId: string;
  readonly wrappedKey: Buffer;
}

const COLUMNS = {
  version: tenantDataKey.version,
  provider: tenantDataKey.provider,
  providerKeyId: tenantDataKey.providerKeyId,
  wrappedKey: tenantDataKey.wrappedKey,
};

/** The tenant's data key of this version; null when it was dropped or never was. */
export async function findDataKey(scope: TenantScope, tx: Tx, version: number): Promise<DataKeyRow | null> {
  const [row] = await tx
    .select(COLUMNS)
    .from(tenantDataKey)
    .where(and(eq(tenantDataKey.tenantId, scope.tenantId), eq(tenantDataKey.version, version)));
  return row ?? null;
}

/** The tenant's newest data key, which encrypts; null before the first. */
export async function findNewestDataKey(scope: TenantScope, tx: Tx): Promise<DataKeyRow | null> {
  const [row] = await tx
    .select(COLUMNS)
    .from(tenantDataKey)
    .where(eq(tenantDataKey.tenantId, scope.tenantId))
    .orderBy(desc(tenantDataKey.version))
    .limit(1);
  return row ?? null;
}

/** All data keys of the tenant, oldest first. */
export function listDataKeys(scope: TenantScope, tx: Tx): Promise<DataKeyRow[]> {
  return tx
    .select(COLUMNS)
    .from(tenantDataKey)
    .where(eq(tenantDataKey.tenantId, scope.tenantId))
    .orderBy(tenantDataKey.version);
}

/** Adds a data key; false when another process made this version first. */
export async function insertDataKey(scope: TenantScope, tx: Tx, key: DataKeyRow): Promise<boolean> {
  const rows = await tx
    .insert(tenantDataKey)
    .values({ ...key, tenantId: scope.tenantId })
    .onConflictDoNothing()
    .returning({ version: tenantDataKey.version });
  return rows.length > 0;
}

/** Replaces the wrapping of a data key, unless it was wrapped anew meanwhile (then false). The key itself stays. */
export async function rewrapDataKey(
  scope: TenantScope,
  tx: Tx,
  input: { readonly from: DataKeyRow; readonly to: DataKeyRow },
): Promise<boolean> {
  const rows = await tx
    .update(tenantDataKey)
    .set({
      provider: input.to.provider,
      providerKeyId: input.to.providerKeyId,
      wrappedKey: input.to.wrappedKey,
    })
    .where(
      and(
        eq(tenantDataKey.tenantId, scope.tenantId),
        eq(tenantDataKey.version, input.from.version),
        eq(tenantDataKey.wrappedKey, input.from.wrappedKey),
      ),
    )
    .returning({ version: tenantDataKey.version });
  return rows.length > 0;
}

/**
 * Drops data keys that nothing is encrypted under, once a newer one has been in use for an hour: whoever began to
 * encrypt under an old one has long finished. Returns how many.
 */
export async function dropUnusedDataKeys(scope: TenantScope, tx: Tx): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    DELETE FROM tenant_data_key k
    WHERE k.tenant_id = ${scope.tenantId}
      AND EXISTS (SELECT FROM tenant_data_key n WHERE n.tenant_id = k.tenant_id AND n.version > k.version
        AND n.created_at < now() - interval '1 hour')
      AND NOT EXISTS (SELECT FROM endpoint_credential c
        WHERE c.tenant_id = k.tenant_id AND c.data_key_version = k.version)
      AND NOT EXISTS (SELECT FROM endpoint_oauth_token t
        WHERE t.tenant_id = k.tenant_id AND t.data_key_version = k.version)`);
  return rowCount ?? 0;
}

import { and, eq, lt } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { endpointOauthToken } from "../schema/vault.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export type OauthTokenRow = Omit<typeof endpointOauthToken.$inferSelect, "updatedAt">;

const COLUMNS = {
  endpointId: endpointOauthToken.endpointId,
  tenantId: endpointOauthToken.tenantId,
  credentialVersion: endpointOauthToken.credentialVersion,
  dataKeyVersion: endpointOauthToken.dataKeyVersion,
  accessSealed: endpointOauthToken.accessSealed,
  accessExpiresAt: endpointOauthToken.accessExpiresAt,
  obtainedAt: endpointOauthToken.obtainedAt,
  refreshSealed: endpointOauthToken.refreshSealed,
  rejectedAt: endpointOauthToken.rejectedAt,
  rejectedDetail: endpointOauthToken.rejectedDetail,
};

/** What was got for this version of the endpoint's credential; null before the first token. */
export async function findOauthToken(
  scope: TenantScope,
  tx: Tx,
  of: { readonly endpointId: string; readonly credentialVersion: number },
): Promise<OauthTokenRow | null> {
  const [row] = await tx
    .select(COLUMNS)
    .from(endpointOauthToken)
    .where(
      and(
        eq(endpointOauthToken.tenantId, scope.tenantId),
        eq(endpointOauthToken.endpointId, of.endpointId),
        eq(endpointOauthToken.credentialVersion, of.credentialVersion),
      ),
    );
  return row ?? null;
}

/**
 * Keeps what an authorization server gave. False when the credential it was got for has been replaced or deleted
 * meanwhile: then nothing is kept.
 */
export async function saveOauthToken(
  scope: TenantScope,
  tx: Tx,
  token: Omit<OauthTokenRow, "tenantId">,
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    SELECT FROM endpoint_credential WHERE tenant_id = ${scope.tenantId} AND endpoint_id = ${token.endpointId}
      AND version = ${token.credentialVersion} FOR KEY SHARE`);
  if (rows.length === 0) {
    return false;
  }
  const row = { ...token, tenantId: scope.tenantId };
  const { endpointId: _key, ...change } = row;
  await tx
    .insert(endpointOauthToken)
    .values(row)
    .onConflictDoUpdate({
      target: endpointOauthToken.endpointId,
      set: { ...change, updatedAt: sql`now()` },
    });
  return true;
}

/**
 * Notes that the authorization server refused this version of the credential; what is held stays as it is. Nothing
 * happens when the credential has been replaced or deleted meanwhile.
 */
export async function noteOauthRejection(
  scope: TenantScope,
  tx: Tx,
  note: {
    readonly endpointId: string;
    readonly credentialVersion: number;
    readonly dataKeyVersion: number;
    readonly atMs: number;
    readonly detail: string;
  },
): Promise<void> {
  const { endpointId, credentialVersion, dataKeyVersion, atMs, detail } = note;
  await tx.execute(sql`
    INSERT INTO endpoint_oauth_token AS t
      (endpoint_id, tenant_id, credential_version, data_key_version, rejected_at, rejected_detail)
    SELECT endpoint_id, tenant_id, version, ${dataKeyVersion}, ${new Date(atMs)}, ${detail}
    FROM endpoint_credential
    WHERE tenant_id = ${scope.tenantId} AND endpoint_id = ${endpointId} AND version = ${credentialVersion}
    FOR KEY SHARE
    ON CONFLICT (endpoint_id) DO UPDATE
      SET rejected_at = excluded.rejected_at, rejected_detail = excluded.rejected_detail, updated_at = now()
      WHERE t.credential_version = excluded.credential_version`);
}

/** Forgets the tenant's access tokens that expired; refresh tokens stay. Returns how many. */
export async function forgetExpiredAccessTokens(scope: TenantScope, tx: Tx, nowMs: number): Promise<number> {
  const rows = await tx
    .update(endpointOauthToken)
    .set({ accessSealed: null, accessExpiresAt: null, updatedAt: sql`now()` })
    .where(
      and(
        eq(endpointOauthToken.tenantId, scope.tenantId),
        lt(endpointOauthToken.accessExpiresAt, new Date(nowMs)),
      ),
    )
    .returning({ endpointId: endpointOauthToken.endpointId });
  return rows.length;
}

/** One token row of the tenant that is not under the given data key yet, locked; null when none is left. */
export async function lockOauthTokenBelow(
  scope: TenantScope,
  tx: Tx,
  dataKeyVersion: number,
): Promise<OauthTokenRow | null> {
  const [row] = await tx
    .select(COLUMNS)
    .from(endpointOauthToken)
    .where(
      and(
        eq(endpointOauthToken.tenantId, scope.tenantId),
        lt(endpointOauthToken.dataKeyVersion, dataKeyVersion),
      ),
    )
    .limit(1)
    .for("update");
  return row ?? null;
}

/** Puts the same tokens, encrypted anew, in place of their ciphertexts. */
export async function rewriteOauthToken(
  scope: TenantScope,
  tx: Tx,
  row: Pick<OauthTokenRow, "endpointId" | "dataKeyVersion" | "accessSealed" | "refreshSealed">,
): Promise<void> {
  const { endpointId, ...change } = row;
  await tx
    .update(endpointOauthToken)
    .set({ ...change, updatedAt: sql`now()` })
    .where(
      and(eq(endpointOauthToken.tenantId, scope.tenantId), eq(endpointOauthToken.endpointId, endpointId)),
    );
}

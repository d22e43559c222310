import type { CredentialHints, CredentialKind, ExpirySource } from "@alivemcp/core/credential-description";
import { and, eq, lt } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { endpointCredential, endpointOauthToken } from "../schema/vault.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** What may be said about a credential, without the ciphertext. */
export interface CredentialFacts {
  readonly kind: CredentialKind;
  readonly version: number;
  readonly hints: CredentialHints;
  readonly expiresAtMs: number | null;
  readonly expirySource: ExpirySource | null;
  readonly createdBy: string | null;
  readonly createdAtMs: number;
  readonly rejection: { readonly atMs: number; readonly detail: string } | null;
}

/** The facts about the credential of one endpoint of the tenant; null when there is none. */
export async function findCredentialFacts(
  scope: TenantScope,
  tx: Tx,
  endpointId: string,
): Promise<CredentialFacts | null> {
  const [row] = await tx
    .select({
      kind: endpointCredential.kind,
      version: endpointCredential.version,
      hints: endpointCredential.hints,
      expiresAt: endpointCredential.expiresAt,
      expirySource: endpointCredential.expirySource,
      createdBy: endpointCredential.createdBy,
      createdAt: endpointCredential.createdAt,
      rejectedAt: endpointOauthToken.rejectedAt,
      rejectedDetail: endpointOauthToken.rejectedDetail,
    })
    .from(endpointCredential)
    .leftJoin(endpointOauthToken, eq(endpointOauthToken.endpointId, endpointCredential.endpointId))
    .where(
      and(eq(endpointCredential.tenantId, scope.tenantId), eq(endpointCredential.endpointId, endpointId)),
    );
  if (row === undefined) {
    return null;
  }
  const { expiresAt, createdAt, rejectedAt, rejectedDetail, ...facts } = row;
  return {
    ...facts,
    expiresAtMs: expiresAt?.getTime() ?? null,
    createdAtMs: createdAt.getTime(),
    rejection: rejectedAt === null ? null : { atMs: rejectedAt.getTime(), detail: rejectedDetail ?? "" },
  };
}

export interface SealedCredentialRow {
  readonly endpointId: string;
  readonly version: number;
  readonly kind: CredentialKind;
  readonly dataKeyVersion: number;
  readonly sealed: Buffer;
  readonly hints: CredentialHints;
  readonly expiresAt: Date | null;
  readonly endpointUrl: string;
}

/** The encrypted credential of one endpoint of the tenant, with the endpoint's URL; null when there is none. */
export async function findSealedCredential(
  scope: TenantScope,
  tx: Tx,
  endpointId: string,
): Promise<SealedCredentialRow | null> {
  const { rows } = await tx.execute<{
    version: number;
    kind: CredentialKind;
    data_key_version: number;
    sealed: Buffer;
    hints: CredentialHints;
    expires_at: Date | null;
    url: string;
  }>(sql`
    SELECT c.version, c.kind, c.data_key_version, c.sealed, c.hints, c.expires_at, e.url
    FROM endpoint_credential c JOIN endpoints e ON e.id = c.endpoint_id
    WHERE c.tenant_id = ${scope.tenantId} AND c.endpoint_id = ${endpointId}`);
  const [row] = rows;
  return row
    ? {
        endpointId,
        version: row.version,
        kind: row.kind,
        dataKeyVersion: row.data_key_version,
        sealed: row.sealed,
        hints: row.hints,
        expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
        endpointUrl: row.url,
      }
    : null;
}

/**
 * Begins a change of an endpoint's credential: locks the endpoint's row and takes the next version, which no credential
 * of it ever had, so that jobs made from now on differ. Null for another tenant's endpoint. `wasPrivate`: before.
 */
export async function takeCredentialVersion(
  scope: TenantScope,
  tx: Tx,
  endpointId: string,
): Promise<{ readonly version: number; readonly slug: string; readonly wasPrivate: boolean } | null> {
  const { rows } = await tx.execute<{ version: number; slug: string; was_private: boolean }>(sql`
    UPDATE endpoints e SET credential_version = e.credential_version + 1, config_version = e.config_version + 1
    FROM (SELECT id, visibility FROM endpoints
      WHERE id = ${endpointId} AND tenant_id = ${scope.tenantId} FOR UPDATE) AS old
    WHERE e.id = old.id
    RETURNING e.credential_version AS version, e.slug, old.visibility = 'private' AS was_private`);
  const [row] = rows;
  return row ? { version: row.version, slug: row.slug, wasPrivate: row.was_private } : null;
}

/** Makes an endpoint of the tenant private: nothing of it without log-in from this transaction on. */
export async function makeEndpointPrivate(scope: TenantScope, tx: Tx, endpointId: string): Promise<void> {
  await tx.execute(sql`
    UPDATE endpoints SET visibility = 'private' WHERE id = ${endpointId} AND tenant_id = ${scope.tenantId}`);
}

/** Private endpoints of the tenant. */
export async function countPrivateEndpoints(scope: TenantScope, tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM endpoints WHERE tenant_id = ${scope.tenantId} AND visibility = 'private'`);
  return rows[0]?.count ?? 0;
}

export interface NewCredential {
  readonly endpointId: string;
  readonly version: number;
  readonly kind: CredentialKind;
  readonly dataKeyVersion: number;
  readonly sealed: Buffer;
  readonly hints: CredentialHints;
  readonly expiresAtMs: number | null;
  readonly expirySource: ExpirySource | null;
  readonly createdBy: string | null;
}

/** Stores the endpoint's credential in place of the one before, whose tokens go with it. */
export async function replaceCredential(
  scope: TenantScope,
  tx: Tx,
  credential: NewCredential,
): Promise<void> {
  await deleteCredential(scope, tx, credential.endpointId);
  const { expiresAtMs, ...columns } = credential;
  await tx.insert(endpointCredential).values({
    ...columns,
    tenantId: scope.tenantId,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs),
  });
}

/** Removes the credential and every token got with it; false when there was none. */
export async function deleteCredential(scope: TenantScope, tx: Tx, endpointId: string): Promise<boolean> {
  const rows = await tx
    .delete(endpointCredential)
    .where(
      and(eq(endpointCredential.tenantId, scope.tenantId), eq(endpointCredential.endpointId, endpointId)),
    )
    .returning({ endpointId: endpointCredential.endpointId });
  return rows.length > 0;
}

/** One credential of the tenant that is not under the given data key yet, locked; null when none is left. */
export async function lockCredentialBelow(
  scope: TenantScope,
  tx: Tx,
  dataKeyVersion: number,
): Promise<Pick<SealedCredentialRow, "endpointId" | "version" | "dataKeyVersion" | "sealed"> | null> {
  const [row] = await tx
    .select({
      endpointId: endpointCredential.endpointId,
      version: endpointCredential.version,
      dataKeyVersion: endpointCredential.dataKeyVersion,
      sealed: endpointCredential.sealed,
    })
    .from(endpointCredential)
    .where(
      and(
        eq(endpointCredential.tenantId, scope.tenantId),
        lt(endpointCredential.dataKeyVersion, dataKeyVersion),
      ),
    )
    .limit(1)
    .for("update");
  return row ?? null;
}

/** Puts the same credential, encrypted anew, in place of its ciphertext. */
export async function rewriteCredential(
  scope: TenantScope,
  tx: Tx,
  row: { readonly endpointId: string; readonly dataKeyVersion: number; readonly sealed: Buffer },
): Promise<void> {
  await tx
    .update(endpointCredential)
    .set({ dataKeyVersion: row.dataKeyVersion, sealed: row.sealed })
    .where(
      and(eq(endpointCredential.tenantId, scope.tenantId), eq(endpointCredential.endpointId, row.endpointId)),
    );
}

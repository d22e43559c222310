import type { Scope } from "@alivemcp/core/permissions";
import { and, count, desc, eq, gt, isNull, lt, or } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { apiKeys } from "../schema/accounts.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** A key as it may be shown: never its hash. */
export interface ApiKey {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Who made it; null: another key, or somebody whose account is gone. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** Exact to about a minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const SHOWN = {
  id: apiKeys.id,
  prefix: apiKeys.prefix,
  name: apiKeys.name,
  scopes: sql<Scope[]>`${apiKeys.scopes}`,
  createdBy: apiKeys.createdBy,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
};

export interface NewApiKey {
  readonly prefix: string;
  /** Lower-case hex SHA-256 of the secret. */
  readonly secretHash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** Stores a key; null when the prefix is somebody's already. */
export async function insertApiKey(scope: TenantScope, tx: Tx, key: NewApiKey): Promise<ApiKey | null> {
  const [row] = await tx
    .insert(apiKeys)
    .values({ ...key, scopes: [...key.scopes], tenantId: scope.tenantId })
    .onConflictDoNothing({ target: apiKeys.prefix })
    .returning(SHOWN);
  return row ?? null;
}

/** Where a page of keys begins: behind this key of the page before. */
export interface ApiKeyPosition {
  readonly createdAtMs: number;
  readonly id: string;
}

/** The tenant's keys, newest first, revoked and expired ones included. Leans on `api_keys_by_tenant`. */
export function listApiKeys(
  scope: TenantScope,
  tx: Tx,
  page: { readonly before: ApiKeyPosition | null; readonly limit: number },
): Promise<ApiKey[]> {
  const createdAt = page.before && new Date(page.before.createdAtMs);
  return tx
    .select(SHOWN)
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.tenantId, scope.tenantId),
        page.before && createdAt
          ? or(
              lt(apiKeys.createdAt, createdAt),
              and(eq(apiKeys.createdAt, createdAt), lt(apiKeys.id, page.before.id)),
            )
          : undefined,
      ),
    )
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(page.limit);
}

/** How many of the tenant's keys open anything at `at`. */
export async function countLiveApiKeys(scope: TenantScope, tx: Tx, at: Date): Promise<number> {
  const [row] = await tx
    .select({ live: count() })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.tenantId, scope.tenantId),
        isNull(apiKeys.revokedAt),
        or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, at)),
      ),
    );
  return row?.live ?? 0;
}

/** One key of the tenant; null when it is another tenant's or nobody's. `id` is a uuid. */
export async function findApiKey(scope: TenantScope, tx: Tx, id: string): Promise<ApiKey | null> {
  const [row] = await tx
    .select(SHOWN)
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, scope.tenantId), eq(apiKeys.id, id)));
  return row ?? null;
}

/** Ends a key; null when there is none that was still unrevoked. */
export async function revokeApiKey(scope: TenantScope, tx: Tx, id: string, at: Date): Promise<ApiKey | null> {
  const [row] = await tx
    .update(apiKeys)
    .set({ revokedAt: at })
    .where(and(eq(apiKeys.tenantId, scope.tenantId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning(SHOWN);
  return row ?? null;
}

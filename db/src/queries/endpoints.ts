import { and, asc, eq, gt } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import type pg from "pg";
import { endpoints, follow } from "../schema/endpoints.ts";
import { type TenantScope, type Tx, withTenant } from "../tenant-scope.ts";

export type Endpoint = typeof endpoints.$inferSelect;
type NewEndpoint = Omit<typeof endpoints.$inferInsert, "tenantId" | "id" | "configVersion">;

/** What another tenant may know of an endpoint on the board. */
export interface BoardEndpoint {
  readonly id: string;
  readonly slug: string;
  readonly standing: Endpoint["standing"];
}

export type InsertEndpointOutcome =
  | { readonly kind: "inserted"; readonly endpoint: Endpoint }
  | { readonly kind: "already-yours"; readonly endpoint: Endpoint }
  /** The URL is on the board: offer follow or claim. Unlisted and private ones of others are never revealed. */
  | { readonly kind: "on-board"; readonly endpoint: BoardEndpoint }
  | { readonly kind: "limit-reached"; readonly endpointsMax: number }
  /** Try again with another slug. */
  | { readonly kind: "slug-taken" };

/**
 * Adds an endpoint to the tenant, unless the URL is already watched by it or stands on the board, or the plan's limit
 * (added and followed together) is reached. Concurrent calls of one tenant run one after the other.
 */
export function insertEndpoint(
  scope: TenantScope,
  pool: pg.Pool,
  input: { endpoint: NewEndpoint; endpointsMax: number },
): Promise<InsertEndpointOutcome> {
  return withTenant(scope, pool, async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${scope.tenantId}, 0))`);
    const known = await findKnown(scope, tx, input.endpoint.normalizedUrl);
    if (known) {
      return known;
    }
    if ((await countWatched(scope, tx)) >= input.endpointsMax) {
      return { kind: "limit-reached", endpointsMax: input.endpointsMax };
    }
    const [endpoint] = await tx
      .insert(endpoints)
      .values({ ...input.endpoint, tenantId: scope.tenantId })
      .onConflictDoNothing()
      .returning();
    if (endpoint) {
      return { kind: "inserted", endpoint };
    }
    // Somebody else put the URL on the board in the meantime, or owns the slug.
    return (await findKnown(scope, tx, input.endpoint.normalizedUrl)) ?? { kind: "slug-taken" };
  });
}

async function findKnown(
  scope: TenantScope,
  tx: Tx,
  normalizedUrl: string,
): Promise<InsertEndpointOutcome | null> {
  const [own] = await tx
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.tenantId, scope.tenantId), eq(endpoints.normalizedUrl, normalizedUrl)));
  if (own) {
    return { kind: "already-yours", endpoint: own };
  }
  const { rows } = await tx.execute(sql`SELECT id, slug, standing FROM board_endpoint_at(${normalizedUrl})`);
  const onBoard = rows[0] as BoardEndpoint | undefined;
  return onBoard ? { kind: "on-board", endpoint: onBoard } : null;
}

async function countWatched(scope: TenantScope, tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ watched: number }>(sql`
    SELECT (SELECT count(*)::int FROM ${endpoints} WHERE ${endpoints.tenantId} = ${scope.tenantId})
      + (SELECT count(*)::int FROM ${follow} WHERE ${follow.tenantId} = ${scope.tenantId}) AS watched`);
  return rows[0]?.watched ?? 0;
}

/** The tenant's endpoint, or null: another tenant's is not found either. */
export function findEndpoint(scope: TenantScope, pool: pg.Pool, id: string): Promise<Endpoint | null> {
  return withTenant(scope, pool, async (tx) => {
    const [endpoint] = await tx
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.tenantId, scope.tenantId), eq(endpoints.id, id)));
    return endpoint ?? null;
  });
}

/** The tenant's endpoint with this slug, or null. */
export function findEndpointBySlug(
  scope: TenantScope,
  pool: pg.Pool,
  slug: string,
): Promise<Endpoint | null> {
  return withTenant(scope, pool, async (tx) => {
    const [endpoint] = await tx
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.tenantId, scope.tenantId), eq(endpoints.slug, slug)));
    return endpoint ?? null;
  });
}

/** One page of the tenant's endpoints in the order they were added; the next one begins after the last `number`. */
export function listEndpoints(
  scope: TenantScope,
  pool: pg.Pool,
  page: { afterNumber: number; limit: number },
): Promise<readonly Endpoint[]> {
  return withTenant(scope, pool, (tx) =>
    tx
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.tenantId, scope.tenantId), gt(endpoints.number, page.afterNumber)))
      .orderBy(asc(endpoints.number))
      .limit(page.limit),
  );
}

type EndpointChanges = Partial<
  Pick<
    Endpoint,
    | "name"
    | "transport"
    | "visibility"
    | "cadenceS"
    | "regions"
    | "confirmationPeriodMs"
    | "health"
    | "pausedAt"
    | "runbookUrl"
  >
>;

/** Changes the tenant's endpoint and answers it as it is now, or null. The database counts `configVersion` up. */
export function updateEndpoint(
  scope: TenantScope,
  pool: pg.Pool,
  input: { id: string; changes: EndpointChanges },
): Promise<Endpoint | null> {
  return withTenant(scope, pool, async (tx) => {
    const [endpoint] = await tx
      .update(endpoints)
      .set(input.changes)
      .where(and(eq(endpoints.tenantId, scope.tenantId), eq(endpoints.id, input.id)))
      .returning();
    return endpoint ?? null;
  });
}

/** Deletes the tenant's endpoint with its state and memory; its minutes and days go with their retention. */
export function deleteEndpoint(scope: TenantScope, pool: pg.Pool, id: string): Promise<boolean> {
  return withTenant(scope, pool, async (tx) => {
    const deleted = await tx
      .delete(endpoints)
      .where(and(eq(endpoints.tenantId, scope.tenantId), eq(endpoints.id, id)))
      .returning({ id: endpoints.id });
    return deleted.length > 0;
  });
}

/** Which public endpoints of others a tenant watches along. */
import { and, eq } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { follow } from "../schema/endpoints.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

/** What anybody may know of an endpoint on the board. */
export interface BoardEndpoint {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** Without its query. */
  readonly url: string;
  readonly host: string;
  readonly standing: "unclaimed" | "added" | "claimed";
  /** Whether it is the asking tenant's own. */
  readonly isOwn: boolean;
}

const SLUG = /^[a-z0-9-]{1,120}$/;

/** One endpoint of the board by its slug, or one it had before; null for every other, hidden ones included. */
export async function findBoardEndpoint(
  scope: TenantScope,
  tx: Tx,
  slug: string,
): Promise<BoardEndpoint | null> {
  if (!SLUG.test(slug)) {
    return null;
  }
  const { rows } = await tx.execute(sql`
    SELECT b.id, b.slug, b.name, b.url_without_query AS url, b.host, b.standing,
      EXISTS (SELECT FROM endpoints e WHERE e.id = b.id AND e.tenant_id = ${scope.tenantId}) AS "isOwn"
    FROM public_board b
    WHERE b.slug = ${slug} OR b.slug = (SELECT r.slug FROM public_retired_slug r WHERE r.old_slug = ${slug})
    ORDER BY b.slug = ${slug} DESC LIMIT 1`);
  return (rows[0] as BoardEndpoint | undefined) ?? null;
}

/** The cadence at which the tenant follows the endpoint, in seconds; null when it does not. */
export async function findFollowedCadenceS(
  scope: TenantScope,
  tx: Tx,
  endpointId: string,
): Promise<number | null> {
  const [row] = await tx
    .select({ cadenceS: follow.cadenceS })
    .from(follow)
    .where(and(eq(follow.tenantId, scope.tenantId), eq(follow.endpointId, endpointId)));
  return row?.cadenceS ?? null;
}

/** Follows at this cadence from now on, whether or not the tenant did before. */
export async function upsertFollow(
  scope: TenantScope,
  tx: Tx,
  input: { readonly endpointId: string; readonly cadenceS: number },
): Promise<void> {
  await tx
    .insert(follow)
    .values({ ...input, tenantId: scope.tenantId })
    .onConflictDoUpdate({ target: [follow.tenantId, follow.endpointId], set: { cadenceS: input.cadenceS } });
}

/** False when the tenant did not follow it. */
export async function deleteFollow(scope: TenantScope, tx: Tx, endpointId: string): Promise<boolean> {
  const gone = await tx
    .delete(follow)
    .where(and(eq(follow.tenantId, scope.tenantId), eq(follow.endpointId, endpointId)))
    .returning({ endpointId: follow.endpointId });
  return gone.length > 0;
}

export interface FollowedEndpoint extends Omit<BoardEndpoint, "isOwn"> {
  /** What this tenant asked for; owner and other followers may have it probed more often. */
  readonly cadenceS: number;
  readonly followedAtMs: number;
}

/** The public endpoints that the tenant follows, by name. A plan bounds them to 500. */
export async function listFollowed(scope: TenantScope, tx: Tx): Promise<FollowedEndpoint[]> {
  const { rows } = await tx.execute(sql`
    SELECT b.id, b.slug, b.name, b.url_without_query AS url, b.host, b.standing, f.cadence_s AS "cadenceS",
      (extract(epoch FROM f.created_at) * 1000)::float8 AS "followedAtMs"
    FROM follow f JOIN public_board b ON b.id = f.endpoint_id
    WHERE f.tenant_id = ${scope.tenantId} ORDER BY lower(b.name), b.number`);
  return rows as unknown as FollowedEndpoint[];
}

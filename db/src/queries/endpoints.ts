import type { HealthOptions } from "@alivemcp/core/health-options";
import type { RetentionClass } from "@alivemcp/core/plans";
import type { Transport } from "@alivemcp/core/states";
import { and, desc, eq, lt, or } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import { endpoints } from "../schema/endpoints.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export type EndpointRow = typeof endpoints.$inferSelect;

export interface NewEndpoint {
  readonly slug: string;
  readonly name: string;
  readonly url: string;
  readonly normalizedUrl: string;
  readonly host: string;
  readonly registrableDomain: string;
  readonly transport: Transport;
  readonly visibility: "public" | "unlisted";
  readonly cadenceS: number;
  readonly health: HealthOptions;
  readonly retentionClass: RetentionClass;
  readonly isDemo: boolean;
}

export type InsertEndpointOutcome =
  | { readonly kind: "inserted"; readonly endpoint: EndpointRow }
  /** This tenant watches the URL already. */
  | { readonly kind: "already-added"; readonly endpoint: EndpointRow }
  /** The URL is on the board under another tenant: never a second probe of it. */
  | { readonly kind: "on-board"; readonly slug: string }
  | { readonly kind: "slug-taken" };

/**
 * Adds an endpoint to a tenant, which thereby confirms that it may be probed. A URL is watched once per tenant and
 * once on the board, a slug is taken once; all three conflicts are answers and leave the transaction usable.
 */
export async function insertEndpoint(
  scope: TenantScope,
  tx: Tx,
  endpoint: NewEndpoint,
): Promise<InsertEndpointOutcome> {
  const known = await findKnown(scope, tx, endpoint);
  if (known) {
    return known;
  }
  const [row] = await tx
    .insert(endpoints)
    .values({ ...endpoint, tenantId: scope.tenantId, standing: "added" })
    .onConflictDoNothing()
    .returning();
  return row
    ? { kind: "inserted", endpoint: row }
    : ((await findKnown(scope, tx, endpoint)) ?? { kind: "slug-taken" });
}

async function findKnown(
  scope: TenantScope,
  tx: Tx,
  endpoint: NewEndpoint,
): Promise<InsertEndpointOutcome | null> {
  const [own] = await tx
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.tenantId, scope.tenantId), eq(endpoints.normalizedUrl, endpoint.normalizedUrl)));
  if (own) {
    return { kind: "already-added", endpoint: own };
  }
  const { rows } = await tx.execute<{ slug: string }>(
    sql`SELECT slug FROM board_endpoint_at(${endpoint.normalizedUrl})`,
  );
  return rows[0] ? { kind: "on-board", slug: rows[0].slug } : null;
}

/** One endpoint of the tenant by slug or id; null when it is another tenant's or nobody's. */
export async function findEndpoint(
  scope: TenantScope,
  tx: Tx,
  slugOrId: string,
): Promise<EndpointRow | null> {
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(slugOrId);
  const [row] = await tx
    .select()
    .from(endpoints)
    .where(
      and(
        eq(endpoints.tenantId, scope.tenantId),
        or(eq(endpoints.slug, slugOrId), isId ? eq(endpoints.id, slugOrId) : undefined),
      ),
    );
  return row ?? null;
}

/** The tenant's endpoints, newest first; `beforeNumber` is the number of the last row of the page before. Leans on the key of `number`. */
export function listEndpoints(
  scope: TenantScope,
  tx: Tx,
  page: { beforeNumber: number | null; limit: number },
): Promise<EndpointRow[]> {
  return tx
    .select()
    .from(endpoints)
    .where(
      and(
        eq(endpoints.tenantId, scope.tenantId),
        page.beforeNumber === null ? undefined : lt(endpoints.number, page.beforeNumber),
      ),
    )
    .orderBy(desc(endpoints.number))
    .limit(page.limit);
}

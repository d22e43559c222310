import type { HealthOptions } from "@alivemcp/core/pipeline";
import type { RetentionClass } from "@alivemcp/core/plans";
import type { Transport } from "@alivemcp/core/states";
import { and, desc, eq, lt, or } from "drizzle-orm";
import { sql } from "drizzle-orm/sql";
import type pg from "pg";
import { endpoints } from "../schema/endpoints.ts";
import { type TenantScope, type Tx, withTenant } from "../tenant-scope.ts";

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

const UNIQUE_VIOLATION = "23505";

/**
 * Adds an endpoint to a tenant, which thereby confirms that it may be probed. A URL is watched once per tenant and
 * once on the board; both conflicts are answers. Runs in one transaction as `app`.
 */
export async function insertEndpoint(
  scope: TenantScope,
  pool: pg.Pool,
  endpoint: NewEndpoint,
): Promise<InsertEndpointOutcome> {
  try {
    return await withTenant(scope, pool, (tx) => insertUnlessKnown(scope, tx, endpoint));
  } catch (err) {
    if (sqlState(err) === UNIQUE_VIOLATION) {
      return withTenant(
        scope,
        pool,
        async (tx) => (await findKnown(scope, tx, endpoint)) ?? { kind: "slug-taken" },
      );
    }
    throw err;
  }
}

async function insertUnlessKnown(
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
    .returning();
  return { kind: "inserted", endpoint: row as EndpointRow };
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

function sqlState(err: unknown): string | undefined {
  const { code, cause } = err as { code?: string; cause?: { code?: string } };
  return cause?.code ?? code;
}

/** One endpoint of the tenant by slug or id; null when it is another tenant's or nobody's. */
export async function findEndpoint(
  scope: TenantScope,
  pool: pg.Pool,
  slugOrId: string,
): Promise<EndpointRow | null> {
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(slugOrId);
  return withTenant(scope, pool, async (tx) => {
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
  });
}

/** The tenant's endpoints, newest first; `beforeNumber` is the number of the last row of the page before. Leans on the key of `number`. */
export async function listEndpoints(
  scope: TenantScope,
  pool: pg.Pool,
  page: { beforeNumber: number | null; limit: number },
): Promise<EndpointRow[]> {
  return withTenant(scope, pool, (tx) =>
    tx
      .select()
      .from(endpoints)
      .where(
        and(
          eq(endpoints.tenantId, scope.tenantId),
          page.beforeNumber === null ? undefined : lt(endpoints.number, page.beforeNumber),
        ),
      )
      .orderBy(desc(endpoints.number))
      .limit(page.limit),
  );
}

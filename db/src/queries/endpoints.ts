import type { RetentionClass } from "@alivemcp/core/plans";
import type { PublicState } from "@alivemcp/core/states";
import { and, desc, eq, lt, or } from "drizzle-orm";
import { type SQL, sql } from "drizzle-orm/sql";
import { endpoints } from "../schema/endpoints.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export type EndpointRow = typeof endpoints.$inferSelect;

/** What a verb may set of an endpoint; the rest is made by the database or learned by probes. */
export type EndpointColumns = Pick<
  typeof endpoints.$inferInsert,
  | "name"
  | "transport"
  | "visibility"
  | "cadenceS"
  | "regions"
  | "confirmationPeriodMs"
  | "health"
  | "healthUrls"
  | "expectedTools"
  | "latencyDegradedMs"
  | "degradedAfterMinutes"
  | "degradedClearedAfterMinutes"
  | "runbookUrl"
  | "sloTarget"
  | "tags"
  | "groupName"
>;

/** What follows from a URL; changes together or not at all. */
export interface EndpointTarget {
  readonly url: string;
  readonly normalizedUrl: string;
  readonly host: string;
  readonly registrableDomain: string;
}

export interface NewEndpoint extends EndpointColumns, EndpointTarget {
  readonly slug: string;
  readonly retentionClass: RetentionClass;
  readonly isDemo: boolean;
}

export type InsertEndpointOutcome =
  | { readonly kind: "inserted"; readonly endpoint: EndpointRow }
  /** This tenant watches the URL already. */
  | { readonly kind: "already-added"; readonly endpoint: EndpointRow }
  /** The URL is on the board under another tenant: never a second probe of it. */
  | { readonly kind: "on-board"; readonly slug: string; readonly standing: EndpointRow["standing"] }
  | { readonly kind: "slug-taken" };

/**
 * Adds an endpoint to a tenant, which thereby confirms that it may be probed. A URL is watched once per tenant and
 * once on the board, a slug is given out once and stays with whoever had it; all three conflicts are answers and leave the transaction usable.
 */
export async function insertEndpoint(
  scope: TenantScope,
  tx: Tx,
  endpoint: NewEndpoint,
): Promise<InsertEndpointOutcome> {
  const known = await findUrlConflict(scope, tx, endpoint.normalizedUrl);
  if (known) {
    return known;
  }
  if (!(await takeSlug(scope, tx, { wanted: endpoint.slug, endpointId: null, held: null }))) {
    return { kind: "slug-taken" };
  }
  const [row] = await tx
    .insert(endpoints)
    .values({ ...endpoint, tenantId: scope.tenantId, standing: "added" })
    .onConflictDoNothing()
    .returning();
  return row
    ? { kind: "inserted", endpoint: row }
    : ((await findUrlConflict(scope, tx, endpoint.normalizedUrl)) ?? { kind: "slug-taken" });
}

export type UrlConflict = Extract<InsertEndpointOutcome, { kind: "already-added" | "on-board" }>;

/** Who watches this URL as far as the tenant may know: itself, or somebody on the board. Null: nobody it may know of. */
export async function findUrlConflict(
  scope: TenantScope,
  tx: Tx,
  normalizedUrl: string,
): Promise<UrlConflict | null> {
  const [own] = await tx
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.tenantId, scope.tenantId), eq(endpoints.normalizedUrl, normalizedUrl)));
  if (own) {
    return { kind: "already-added", endpoint: own };
  }
  const { rows } = await tx.execute<{ slug: string; standing: EndpointRow["standing"] }>(
    sql`SELECT slug, standing FROM board_endpoint_at(${normalizedUrl})`,
  );
  return rows[0] ? { kind: "on-board", ...rows[0] } : null;
}

/**
 * Whether an endpoint of the tenant (null: a new one) may have this slug: nobody has it, and nobody else had it. Holds
 * the slug, and the one it has now, until the transaction ends.
 */
export async function takeSlug(
  _scope: TenantScope,
  tx: Tx,
  slug: { readonly wanted: string; readonly endpointId: string | null; readonly held: string | null },
): Promise<boolean> {
  const { rows } = await tx.execute<{ is_free: boolean }>(
    sql`SELECT take_slug(${slug.wanted}, ${slug.endpointId}::uuid, ${slug.held}) AS is_free`,
  );
  return rows[0]?.is_free === true;
}

/** As the column's check has it: what cannot be a slug or an id is not asked for, nor an error of Postgres. */
const SLUG = /^[a-z0-9-]{1,120}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/**
 * One endpoint of the tenant by slug or id, or by a slug that it had before; null when it is another tenant's or
 * nobody's. A live slug wins over a retired one.
 */
export async function findEndpoint(
  scope: TenantScope,
  tx: Tx,
  slugOrId: string,
): Promise<EndpointRow | null> {
  if (!SLUG.test(slugOrId)) {
    return null;
  }
  const mine = eq(endpoints.tenantId, scope.tenantId);
  const [row] = await tx
    .select()
    .from(endpoints)
    .where(
      and(mine, or(eq(endpoints.slug, slugOrId), ID.test(slugOrId) ? eq(endpoints.id, slugOrId) : undefined)),
    );
  if (row) {
    return row;
  }
  const [moved] = await tx
    .select()
    .from(endpoints)
    .where(and(mine, sql`${endpoints.id} = (SELECT endpoint_id FROM retired_slug WHERE slug = ${slugOrId})`));
  return moved ?? null;
}

export type EndpointChange = {
  readonly [Column in keyof (EndpointColumns & EndpointTarget)]?:
    | (EndpointColumns & EndpointTarget)[Column]
    | undefined;
} & {
  readonly slug?: string | undefined;
  readonly standing?: "added" | "claimed" | undefined;
  /** Set both or neither. */
  readonly pausedAt?: Date | null | undefined;
  readonly pausedReason?: EndpointRow["pausedReason"] | undefined;
};

/** Changes an endpoint of the tenant; undefined leaves a column as it is. Null when there is none of this id. */
export async function updateEndpoint(
  scope: TenantScope,
  tx: Tx,
  id: string,
  change: EndpointChange,
): Promise<EndpointRow | null> {
  const [row] = await tx
    .update(endpoints)
    .set(change)
    .where(and(eq(endpoints.id, id), eq(endpoints.tenantId, scope.tenantId)))
    .returning();
  return row ?? null;
}

/** Removes an endpoint of the tenant with all that hangs on it by foreign key; false when there is none of this id. */
export async function deleteEndpoint(scope: TenantScope, tx: Tx, id: string): Promise<boolean> {
  const gone = await tx
    .delete(endpoints)
    .where(and(eq(endpoints.id, id), eq(endpoints.tenantId, scope.tenantId)))
    .returning({ id: endpoints.id });
  return gone.length > 0;
}

export interface EndpointFilter {
  /** As committed; what was never committed is `unknown`. Paused endpoints have no state. */
  readonly state?: PublicState | undefined;
  readonly tag?: string | undefined;
  readonly group?: string | undefined;
  /** Found anywhere in name, slug or URL, whatever the case. */
  readonly text?: string | undefined;
  readonly isPaused?: boolean | undefined;
}

/**
 * The tenant's endpoints that pass the filter, newest first; `beforeNumber` is the number of the last row of the page
 * before. Leans on the key of `number`.
 */
export function listEndpoints(
  scope: TenantScope,
  tx: Tx,
  page: { readonly beforeNumber: number | null; readonly limit: number; readonly filter?: EndpointFilter },
): Promise<EndpointRow[]> {
  return tx
    .select()
    .from(endpoints)
    .where(
      and(
        eq(endpoints.tenantId, scope.tenantId),
        page.beforeNumber === null ? undefined : lt(endpoints.number, page.beforeNumber),
        ...conditionsOf(page.filter ?? {}),
      ),
    )
    .orderBy(desc(endpoints.number))
    .limit(page.limit);
}

function conditionsOf(filter: EndpointFilter): (SQL | undefined)[] {
  const { state, tag, group, text, isPaused } = filter;
  return [
    tag === undefined ? undefined : sql`${tag} = ANY(${endpoints.tags})`,
    group === undefined ? undefined : eq(endpoints.groupName, group),
    text === undefined
      ? undefined
      : sql`position(lower(${text}) IN lower(concat_ws(' ', ${endpoints.name}, ${endpoints.slug}, ${endpoints.url}))) > 0`,
    isPaused === undefined ? undefined : sql`(${endpoints.pausedAt} IS NOT NULL) = ${isPaused}`,
    state === undefined
      ? undefined
      : sql`${endpoints.pausedAt} IS NULL AND coalesce((${COMMITTED_STATE}), 'unknown') = ${state}`,
  ];
}

const COMMITTED_STATE = sql`
  SELECT CASE
    WHEN s.committed = 'up' AND 'degraded' = ANY(s.flags) THEN 'degraded'
    WHEN s.committed = 'up' THEN 'live' ELSE s.committed END
  FROM endpoint_state s WHERE s.endpoint_id = ${endpoints.id}`;

/** What a plan's limits count. What was paused because it exceeds the plan does not count. */
export interface WatchedCount {
  /** Own and followed endpoints together. */
  readonly endpoints: number;
  /** Private ones among the own. */
  readonly privateEndpoints: number;
}

/** Counts what the tenant watches, without one endpoint that is about to change. */
export async function countWatched(
  scope: TenantScope,
  tx: Tx,
  exceptId: string | null = null,
): Promise<WatchedCount> {
  const { rows } = await tx.execute<{ own: number; private: number; followed: number }>(sql`
    SELECT count(*)::int AS own, (count(*) FILTER (WHERE visibility = 'private'))::int AS private,
      (SELECT count(*)::int FROM follow WHERE tenant_id = ${scope.tenantId} AND paused_at IS NULL) AS followed
    FROM endpoints
    WHERE tenant_id = ${scope.tenantId} AND paused_reason IS DISTINCT FROM 'plan' AND id IS DISTINCT FROM ${exceptId}::uuid`);
  const { own = 0, private: privateEndpoints = 0, followed = 0 } = rows[0] ?? {};
  return { endpoints: own + followed, privateEndpoints };
}

/** Whether a credential is stored for the tenant's endpoint. */
export async function hasCredential(scope: TenantScope, tx: Tx, id: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT FROM endpoint_credential WHERE endpoint_id = ${id} AND tenant_id = ${scope.tenantId}`,
  );
  return rows.length > 0;
}

/** What a tenant watches: its own endpoints and those it follows, with what is archived of them. */
import type { FailureReason } from "@alivemcp/core/states";
import { type SQL, sql } from "drizzle-orm/sql";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface WatchedEndpoint {
  readonly id: string;
  readonly number: number;
  readonly slug: string;
  readonly name: string;
  /** Of a followed endpoint without its query. */
  readonly url: string;
  readonly visibility: "public" | "unlisted" | "private";
  readonly standing: "unclaimed" | "added" | "claimed";
  readonly transport: "auto" | "http" | "sse";
  /** What its owner and followers come to: the shortest. */
  readonly cadenceMs: number;
  /** Empty: every region of the installation. */
  readonly regions: readonly string[];
  /** The owner's; a follower sees none. */
  readonly tags: readonly string[];
  readonly group: string | null;
  readonly pausedAtMs: number | null;
  readonly firstWatchedAtMs: number;
  readonly createdAtMs: number;
  /** Another tenant's, and public. */
  readonly isFollowed: boolean;
  /** What the state machine committed last; the live copy is in Redis. Null before its first decision. */
  readonly archived: {
    readonly committed: string;
    readonly sinceAtMs: number;
    readonly reason: FailureReason | null;
    readonly flags: readonly string[];
  } | null;
  /** What the newest handshake found, measured. */
  readonly measured: {
    readonly era: "legacy" | "modern" | null;
    readonly transport: "http" | "sse" | null;
    readonly protocolVersion: string | null;
    readonly serverName: string | null;
    readonly serverVersion: string | null;
    readonly toolsCount: number | null;
  } | null;
  readonly lints: readonly string[];
  readonly tlsExpiresAtMs: number | null;
  /** Changes of the tools that nobody has accepted yet. */
  readonly openDrift: {
    readonly count: number;
    readonly isBreaking: boolean;
    readonly isSuspicious: boolean;
  };
}

const ms = (column: string): SQL => sql.raw(`(extract(epoch FROM ${column}) * 1000)::float8`);

/** Own rows through the tenant's policy, followed ones through the public view: never a column that its owner hides. */
const watched = (scope: TenantScope): SQL => sql`
  SELECT e.id, e.number, e.slug, e.name, e.url, e.visibility, e.standing, e.transport, e.regions, e.paused_at,
    e.first_watched_at, e.created_at, false AS is_followed, e.tags, e.group_name,
    least(e.cadence_s, (SELECT min(f.cadence_s) FROM follow f WHERE f.endpoint_id = e.id)) AS cadence_s
  FROM endpoints e WHERE e.tenant_id = ${scope.tenantId}
  UNION ALL
  SELECT p.id, p.number, p.slug, p.name, p.url_without_query, p.visibility, p.standing, p.transport, p.regions,
    p.paused_at, p.first_watched_at, f.created_at, true, '{}', NULL, p.wanted_cadence_s
  FROM follow f JOIN public_endpoint p ON p.id = f.endpoint_id
  WHERE f.tenant_id = ${scope.tenantId} AND p.visibility = 'public'
    AND NOT EXISTS (SELECT FROM endpoints own WHERE own.id = f.endpoint_id AND own.tenant_id = ${scope.tenantId})`;

const select = (scope: TenantScope): SQL => sql`
  WITH w AS MATERIALIZED (${watched(scope)}), drift AS (
    SELECT d.endpoint_id, count(*)::int AS open_count, bool_or(d.is_breaking) AS is_breaking,
      bool_or(d.is_suspicious) AS is_suspicious
    FROM drift_event d WHERE d.accepted_at IS NULL AND d.endpoint_id IN (SELECT id FROM w) GROUP BY d.endpoint_id
  )
  SELECT w.id, w.number, w.slug, w.name, w.url, w.visibility, w.standing, w.transport, w.regions, w.is_followed, w.tags, w.group_name,
    w.cadence_s * 1000 AS cadence_ms, ${ms("w.paused_at")} AS paused_ms,
    ${ms("w.first_watched_at")} AS first_watched_ms, ${ms("w.created_at")} AS created_ms,
    s.committed, ${ms("s.since")} AS since_ms, s.reason, s.flags,
    m.endpoint_id IS NOT NULL AS is_measured, m.era, m.transport AS detected_transport, m.protocol_version,
    m.server_name, m.server_version, m.tools_count, m.lints || m.capability_lints AS lints, ${ms("m.tls_expires_at")} AS tls_expires_ms,
    d.open_count, d.is_breaking, d.is_suspicious
  FROM w
  LEFT JOIN endpoint_state s ON s.endpoint_id = w.id
  LEFT JOIN endpoint_memory m ON m.endpoint_id = w.id
  LEFT JOIN drift d ON d.endpoint_id = w.id`;

/** Everything the tenant watches, by name. One statement, however many endpoints. */
export async function listWatchedEndpoints(scope: TenantScope, tx: Tx): Promise<WatchedEndpoint[]> {
  const { rows } = await tx.execute(sql`${select(scope)} ORDER BY lower(w.name), w.number`);
  return (rows as unknown as WatchedRow[]).map(watchedOfRow);
}

/** As the columns have it: what cannot be a slug or an id is not asked for, nor an error of Postgres. */
const SLUG = /^[a-z0-9-]{1,120}$/;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One of them by its slug or id; null when the tenant watches no such endpoint. */
export async function findWatchedEndpoint(
  scope: TenantScope,
  tx: Tx,
  slugOrId: string,
): Promise<WatchedEndpoint | null> {
  if (!SLUG.test(slugOrId)) {
    return null;
  }
  const isIt = ID.test(slugOrId)
    ? sql`(w.slug = ${slugOrId} OR w.id = ${slugOrId})`
    : sql`w.slug = ${slugOrId}`;
  const { rows } = await tx.execute(sql`${select(scope)} WHERE ${isIt}`);
  const [row] = rows as unknown as WatchedRow[];
  return row ? watchedOfRow(row) : null;
}

/** The present slug of the endpoint that had this one before; null when the tenant watches no such endpoint. */
export async function findSlugNow(scope: TenantScope, tx: Tx, oldSlug: string): Promise<string | null> {
  if (!SLUG.test(oldSlug)) {
    return null;
  }
  const { rows } = await tx.execute(sql`${select(scope)}
    WHERE w.id = (SELECT r.endpoint_id FROM retired_slug r WHERE r.slug = ${oldSlug})
      OR w.slug = (SELECT r.slug FROM public_retired_slug r WHERE r.old_slug = ${oldSlug})
    LIMIT 1`);
  const [row] = rows as unknown as WatchedRow[];
  return row?.slug ?? null;
}

interface WatchedRow
  extends Pick<
    WatchedEndpoint,
    "id" | "number" | "slug" | "name" | "url" | "visibility" | "standing" | "transport" | "regions" | "tags"
  > {
  readonly is_followed: boolean;
  readonly group_name: string | null;
  readonly cadence_ms: number;
  readonly paused_ms: number | null;
  readonly first_watched_ms: number;
  readonly created_ms: number;
  readonly committed: string | null;
  readonly since_ms: number | null;
  readonly reason: FailureReason | null;
  readonly flags: readonly string[] | null;
  readonly is_measured: boolean;
  readonly era: "legacy" | "modern" | null;
  readonly detected_transport: "http" | "sse" | null;
  readonly protocol_version: string | null;
  readonly server_name: string | null;
  readonly server_version: string | null;
  readonly tools_count: number | null;
  readonly lints: readonly string[] | null;
  readonly tls_expires_ms: number | null;
  readonly open_count: number | null;
  readonly is_breaking: boolean | null;
  readonly is_suspicious: boolean | null;
}

function watchedOfRow(row: WatchedRow): WatchedEndpoint {
  return {
    id: row.id,
    number: row.number,
    slug: row.slug,
    name: row.name,
    url: row.url,
    visibility: row.visibility,
    standing: row.standing,
    transport: row.transport,
    cadenceMs: row.cadence_ms,
    regions: row.regions,
    tags: row.tags,
    group: row.group_name,
    pausedAtMs: row.paused_ms,
    firstWatchedAtMs: row.first_watched_ms,
    createdAtMs: row.created_ms,
    isFollowed: row.is_followed,
    archived:
      row.committed === null || row.since_ms === null
        ? null
        : { committed: row.committed, sinceAtMs: row.since_ms, reason: row.reason, flags: row.flags ?? [] },
    measured: row.is_measured ? measuredOfRow(row) : null,
    lints: row.lints ?? [],
    tlsExpiresAtMs: row.tls_expires_ms,
    openDrift: {
      count: row.open_count ?? 0,
      isBreaking: row.is_breaking ?? false,
      isSuspicious: row.is_suspicious ?? false,
    },
  };
}

function measuredOfRow(row: WatchedRow): NonNullable<WatchedEndpoint["measured"]> {
  return {
    era: row.era,
    transport: row.detected_transport,
    protocolVersion: row.protocol_version,
    serverName: row.server_name,
    serverVersion: row.server_version,
    toolsCount: row.tools_count,
  };
}

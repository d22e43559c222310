/** What the status app keeps in memory of every endpoint that may be shown. Runs as `reader`: `public_*` views only. */
import type { PublicOwnership, PublicVisibility } from "@alivemcp/core/public-fields";
import type { CommittedState, Era, Transport } from "@alivemcp/core/states";
import type pg from "pg";

export interface PublicEndpointRow {
  readonly id: string;
  readonly number: number;
  readonly slug: string;
  readonly name: string;
  /** Without query; of an unlisted endpoint the origin only. */
  readonly url_without_query: string;
  readonly has_query: boolean;
  readonly registrable_domain: string;
  readonly transport: Transport;
  readonly visibility: PublicVisibility;
  readonly standing: PublicOwnership;
  readonly wanted_cadence_s: number;
  readonly is_followed: boolean;
  readonly regions: readonly string[];
  readonly paused_at: Date | null;
  readonly first_watched_at: Date;
  readonly dead_since: Date | null;
  readonly era: Era | null;
  readonly detected_transport: "http" | "sse" | null;
  readonly protocol_version: string | null;
  readonly server_name: string | null;
  readonly server_version: string | null;
  readonly tools_count: number | null;
  /** Null while the alert router has no row of it. */
  readonly committed: CommittedState | null;
  readonly committed_since: Date | null;
  readonly committed_reason: string | null;
  readonly flags: readonly string[] | null;
}

const COLUMNS = `e.id, e.number, e.slug, e.name, e.url_without_query, e.has_query, e.registrable_domain, e.transport,
  e.visibility, e.standing, e.wanted_cadence_s, e.is_followed, e.regions, e.paused_at, e.first_watched_at,
  e.dead_since, e.era, e.detected_transport, e.protocol_version, e.server_name, e.server_version, e.tools_count,
  s.committed, s.since AS committed_since, s.reason AS committed_reason, s.flags`;

/** Every public and unlisted endpoint, in no order. One sequential pass; 20,000 rows take about a tenth of a second. */
export async function listPublicEndpoints(pool: pg.Pool): Promise<PublicEndpointRow[]> {
  const { rows } = await pool.query<PublicEndpointRow>(
    `SELECT ${COLUMNS} FROM public_endpoint e LEFT JOIN public_endpoint_state s ON s.endpoint_id = e.id`,
  );
  return rows;
}

/** As the column's check has it: what cannot be a slug is not asked for, nor an error of Postgres (a zero byte is one). */
const SLUG = /^[a-z0-9-]{1,120}$/;

/**
 * One public or unlisted endpoint by its slug, or by one that it had before: compare `slug`. Null for any other slug,
 * private ones included. Leans on the two unique slugs.
 */
export async function findPublicEndpoint(pool: pg.Pool, slug: string): Promise<PublicEndpointRow | null> {
  if (!SLUG.test(slug)) {
    return null;
  }
  const { rows } = await pool.query<PublicEndpointRow>(
    `SELECT ${COLUMNS} FROM public_endpoint e LEFT JOIN public_endpoint_state s ON s.endpoint_id = e.id
     WHERE e.slug = $1 OR e.slug = (SELECT r.slug FROM public_retired_slug r WHERE r.old_slug = $1)
     ORDER BY e.slug = $1 DESC LIMIT 1`,
    [slug],
  );
  return rows[0] ?? null;
}

/** Where the old slugs of public and unlisted endpoints lead: old slug → slug of today. */
export async function listRetiredSlugs(pool: pg.Pool): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ old_slug: string; slug: string }>(
    "SELECT old_slug, slug FROM public_retired_slug",
  );
  return new Map(rows.map((row) => [row.old_slug, row.slug]));
}

/** When each endpoint's tools last changed, of those that changed since `sinceMs`. Leans on `drift_event_recent`. */
export async function listRecentDrift(pool: pg.Pool, sinceMs: number): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ endpoint_id: string; at: Date }>(
    `SELECT endpoint_id, max(at) AS at FROM public_drift_event WHERE at >= $1 AND kind = 'drift' GROUP BY endpoint_id`,
    [new Date(sinceMs)],
  );
  return new Map(rows.map((row) => [row.endpoint_id, row.at.getTime()]));
}

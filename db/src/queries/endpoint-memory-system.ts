import type { RememberedWire } from "@alivemcp/core/pipeline";
import type pg from "pg";
import { storableJson } from "./copy-rows.ts";

/** What the newest telling probe of an endpoint learned; null leaves what was known. */
export interface LearnedMemory {
  readonly endpointId: string;
  readonly wire: RememberedWire | null;
  readonly server: { readonly name: string; readonly version: string } | null;
  readonly toolsCount: number | null;
  readonly lints: readonly string[] | null;
  /** Of the hourly listing of declared resources and prompts. */
  readonly capabilityLints: readonly string[] | null;
  readonly capabilitiesListedAtMs: number | null;
  readonly healthUrlFailedAtMs: number | null;
  readonly tlsExpiresAtMs: number | null;
  readonly retryAfterUntilMs: number | null;
  /** Full hash of the list seen, with the era above: a list that is the baseline's in another era moves the baseline there. */
  readonly fullHash: string | null;
}

/**
 * Remembers what probes learned, one entry per endpoint. A row is touched only when something differs, because schedulers
 * reload what was touched. Endpoints that are gone are left out.
 */
export async function rememberEndpoints(
  client: pg.ClientBase | pg.Pool,
  learned: readonly LearnedMemory[],
): Promise<void> {
  if (learned.length === 0) {
    return;
  }
  const rows = learned.map(({ wire, server, ...one }) => ({
    endpoint_id: one.endpointId,
    era: wire?.era ?? null,
    transport: wire?.transport ?? null,
    protocol_version: wire?.protocolVersion ?? null,
    server_name: server?.name ?? null,
    server_version: server?.version ?? null,
    tools_count: one.toolsCount,
    lints: one.lints,
    capability_lints: one.capabilityLints,
    capabilities_listed_at: one.capabilitiesListedAtMs === null ? null : new Date(one.capabilitiesListedAtMs),
    health_url_failed_at: one.healthUrlFailedAtMs === null ? null : new Date(one.healthUrlFailedAtMs),
    tls_expires_at: one.tlsExpiresAtMs === null ? null : new Date(one.tlsExpiresAtMs),
    retry_after_until: one.retryAfterUntilMs === null ? null : new Date(one.retryAfterUntilMs),
    full_hash: one.fullHash,
  }));
  await client.query(
    `INSERT INTO endpoint_memory (endpoint_id)
     SELECT id FROM endpoints WHERE id = ANY($1::uuid[]) ORDER BY id ON CONFLICT DO NOTHING`,
    [learned.map(({ endpointId }) => endpointId)],
  );
  await client.query(MERGE, [storableJson(rows)]);
}

/** Era, transport and version go together, and so do name and version of the server: they come from one probe. */
const MERGE = `
  UPDATE endpoint_memory m SET (era, transport, protocol_version, server_name, server_version, tools_count, lints,
      capability_lints, capabilities_listed_at, health_url_failed_at, tls_expires_at, retry_after_until, baseline_era, updated_at)
    = (n.era, n.transport, n.protocol_version, n.server_name, n.server_version, n.tools_count, n.lints,
      n.capability_lints, n.capabilities_listed_at, n.health_url_failed_at, n.tls_expires_at, n.retry_after_until, n.baseline_era, now())
  FROM (
    SELECT m.endpoint_id,
      CASE WHEN l.era IS NULL THEN m.era ELSE l.era END AS era,
      CASE WHEN l.era IS NULL THEN m.transport ELSE l.transport END AS transport,
      CASE WHEN l.era IS NULL THEN m.protocol_version ELSE l.protocol_version END AS protocol_version,
      CASE WHEN l.server_name IS NULL THEN m.server_name ELSE l.server_name END AS server_name,
      CASE WHEN l.server_name IS NULL THEN m.server_version ELSE l.server_version END AS server_version,
      coalesce(l.tools_count, m.tools_count) AS tools_count,
      coalesce(l.lints, m.lints) AS lints,
      coalesce(l.capability_lints, m.capability_lints) AS capability_lints,
      greatest(l.capabilities_listed_at, m.capabilities_listed_at) AS capabilities_listed_at,
      greatest(l.health_url_failed_at, m.health_url_failed_at) AS health_url_failed_at,
      coalesce(l.tls_expires_at, m.tls_expires_at) AS tls_expires_at,
      greatest(l.retry_after_until, m.retry_after_until) AS retry_after_until,
      CASE WHEN l.full_hash = m.baseline_full_hash AND l.era IS NOT NULL THEN l.era ELSE m.baseline_era END
        AS baseline_era
    FROM jsonb_to_recordset($1::jsonb) AS l(endpoint_id uuid, era text, transport text, protocol_version text,
      server_name text, server_version text, tools_count integer, lints text[], capability_lints text[],
      capabilities_listed_at timestamptz, health_url_failed_at timestamptz, tls_expires_at timestamptz,
      retry_after_until timestamptz, full_hash text)
    JOIN endpoint_memory m ON m.endpoint_id = l.endpoint_id
  ) n
  WHERE m.endpoint_id = n.endpoint_id AND
    (m.era, m.transport, m.protocol_version, m.server_name, m.server_version, m.tools_count, m.lints,
      m.capability_lints, m.capabilities_listed_at, m.health_url_failed_at, m.tls_expires_at, m.retry_after_until, m.baseline_era)
    IS DISTINCT FROM
    (n.era, n.transport, n.protocol_version, n.server_name, n.server_version, n.tools_count, n.lints,
      n.capability_lints, n.capabilities_listed_at, n.health_url_failed_at, n.tls_expires_at, n.retry_after_until, n.baseline_era)`;

/** Whether an endpoint answered in a batch of minutes, and since when it does not. */
export interface LifeSign {
  readonly endpointId: string;
  /** It answered at some minute of the batch. */
  readonly isAnswering: boolean;
  /** First down minute after the last answer of the batch; null when the batch ends with an answer. */
  readonly silentSinceMs: number | null;
}

/**
 * Keeps `dead_since`, the start of the unbroken time without an answer. An endpoint that was dead and answered is alive
 * again; one that was dead already stays so since then.
 */
export async function markLifeSigns(client: pg.ClientBase, signs: readonly LifeSign[]): Promise<void> {
  const alive = signs.filter(({ silentSinceMs }) => silentSinceMs === null);
  const silent = signs.filter(({ silentSinceMs }) => silentSinceMs !== null);
  if (alive.length > 0) {
    await client.query(
      `UPDATE endpoint_memory SET dead_since = NULL, updated_at = now()
       WHERE dead_since IS NOT NULL AND endpoint_id = ANY($1::uuid[])`,
      [alive.map(({ endpointId }) => endpointId)],
    );
  }
  if (silent.length > 0) {
    await client.query(
      `INSERT INTO endpoint_memory AS m (endpoint_id, dead_since)
       SELECT e.id, s.since FROM unnest($1::uuid[], $2::timestamptz[]) AS s(id, since) JOIN endpoints e ON e.id = s.id
       ON CONFLICT (endpoint_id) DO UPDATE SET dead_since = excluded.dead_since, updated_at = now()
       WHERE m.dead_since IS NULL OR (m.dead_since <> excluded.dead_since AND m.endpoint_id = ANY($3::uuid[]))`,
      [
        silent.map(({ endpointId }) => endpointId),
        silent.map(({ silentSinceMs }) => new Date(silentSinceMs ?? 0)),
        silent.filter(({ isAnswering }) => isAnswering).map(({ endpointId }) => endpointId),
      ],
    );
  }
}

/**
 * How slow endpoints were over 7 days; only rows that change are written, and schedulers reload them only for `isSlow`.
 *
 * Rows that a batch of the archiver holds just now are left for the next time: two writers of many rows that wait for each
 * other would be a deadlock.
 */
export async function updateSlowness(
  pool: pg.Pool,
  measured: readonly {
    readonly endpointNumber: number;
    readonly latencyMsP95Of7d: number | null;
    readonly isSlow: boolean;
  }[],
): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH measured AS (
       SELECT e.id, s.p95, s.is_slow
       FROM unnest($1::integer[], $2::integer[], $3::boolean[]) AS s(number, p95, is_slow)
       JOIN endpoints e ON e.number = s.number
     ), free AS (
       SELECT m.endpoint_id FROM endpoint_memory m JOIN measured s ON s.id = m.endpoint_id
       WHERE (m.latency_ms_p95_of_7d, m.is_slow) IS DISTINCT FROM (s.p95, s.is_slow)
       FOR UPDATE OF m SKIP LOCKED
     ), updated AS (
       UPDATE endpoint_memory m SET latency_ms_p95_of_7d = s.p95, is_slow = s.is_slow,
         updated_at = CASE WHEN m.is_slow = s.is_slow THEN m.updated_at ELSE now() END
       FROM measured s WHERE m.endpoint_id = s.id AND m.endpoint_id IN (SELECT endpoint_id FROM free)
     )
     SELECT s.id FROM measured s
     WHERE s.p95 IS NOT NULL AND NOT EXISTS (SELECT FROM endpoint_memory m WHERE m.endpoint_id = s.id)`,
    [
      measured.map(({ endpointNumber }) => endpointNumber),
      measured.map(({ latencyMsP95Of7d }) => latencyMsP95Of7d),
      measured.map(({ isSlow }) => isSlow),
    ],
  );
  // Healthy endpoints nothing was learned of: one row at a time, filled in at the next run.
  for (const { id } of rows) {
    await pool.query(
      "INSERT INTO endpoint_memory (endpoint_id) SELECT id FROM endpoints WHERE id = $1 ON CONFLICT DO NOTHING",
      [id],
    );
  }
}

/** Endpoints by number after `afterNumber`, at most `limit`. */
export async function listEndpointNumbers(
  pool: pg.Pool,
  input: { readonly afterNumber: number; readonly limit: number },
): Promise<readonly { readonly id: string; readonly number: number }[]> {
  const { rows } = await pool.query<{ id: string; number: number }>(
    "SELECT id, number FROM endpoints WHERE number > $1 ORDER BY number LIMIT $2",
    [input.afterNumber, input.limit],
  );
  return rows;
}

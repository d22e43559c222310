import type { ReleaseSettledReason, ReleaseWindow } from "@alivemcp/core/release-window";
import type pg from "pg";

/** A release that was announced and not taken back, with what it takes to say which drift belongs to it. */
export interface AnnouncedRelease extends ReleaseWindow {
  readonly id: string;
  readonly endpointId: string;
  /** Of the endpoint now: the shortest among owner and followers. */
  readonly cadenceMs: number;
}

const SELECT_RELEASES = `
  SELECT w.id, w.endpoint_id AS "endpointId", round(extract(epoch FROM w.from_at) * 1000)::float8 AS "fromMs",
    round(extract(epoch FROM w.until_at) * 1000)::float8 AS "untilMs", e.cadence_s * 1000 AS "cadenceMs"
  FROM release_window w JOIN endpoints e ON e.id = w.endpoint_id`;

/** Releases of one endpoint that ended after `endedAfterMs`, or have not yet, the latest begun first. */
export async function listReleasesOfEndpoint(
  pool: pg.Pool,
  input: { readonly endpointId: string; readonly endedAfterMs: number },
): Promise<readonly AnnouncedRelease[]> {
  const { rows } = await pool.query<AnnouncedRelease>(
    `${SELECT_RELEASES} WHERE w.endpoint_id = $1 AND w.until_at > $2 AND w.cancelled_at IS NULL ORDER BY w.from_at DESC`,
    [input.endpointId, new Date(input.endedAfterMs)],
  );
  return rows;
}

export interface EndedRelease extends AnnouncedRelease {
  /** Regions the owner chose; empty means every region of the installation. */
  readonly regions: readonly string[];
  /** Full hashes that drift inside the window led to. */
  readonly announced: readonly string[];
}

/** Releases whose end has passed and that nobody settled yet, the longest waiting first. Leans on `release_window_open`. */
export async function listEndedReleases(
  pool: pg.Pool,
  input: { readonly endedBeforeMs: number; readonly limit: number },
): Promise<readonly EndedRelease[]> {
  const { rows } = await pool.query<EndedRelease>(
    `SELECT r.*, e.regions, ARRAY(
       SELECT DISTINCT d.to_full_hash FROM drift_event d
       WHERE d.release_window_id = r.id AND d.kind = 'drift' AND d.to_full_hash IS NOT NULL) AS announced
     FROM (${SELECT_RELEASES} WHERE w.settled_at IS NULL AND w.cancelled_at IS NULL AND w.until_at <= $1
       ORDER BY w.until_at LIMIT $2) r
     JOIN endpoints e ON e.id = r."endpointId" ORDER BY r."untilMs"`,
    [new Date(input.endedBeforeMs), input.limit],
  );
  return rows;
}

/** Ends a release for a reason; `false` when it was cancelled or settled meanwhile, and then nothing changed. */
export async function settleRelease(
  client: pg.ClientBase,
  input: { readonly id: string; readonly atMs: number; readonly reason: ReleaseSettledReason },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE release_window SET settled_at = $2, settled_reason = $3
     WHERE id = $1 AND settled_at IS NULL AND cancelled_at IS NULL`,
    [input.id, new Date(input.atMs), input.reason],
  );
  return rowCount === 1;
}

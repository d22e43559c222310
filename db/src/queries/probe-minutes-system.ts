import type { RetentionClass } from "@alivemcp/core/plans";
import type { FailureReason, ProbeState } from "@alivemcp/core/states";
import type pg from "pg";
import { REASON_CODES, RETENTION_CLASS_CODES, STATE_CODES } from "../codes.ts";
import { type CopyValue, copyBytes, copyRows } from "./copy-rows.ts";

/** One verdict-minute on its way into `probe_minute`. */
export interface ArchivedMinute {
  readonly endpointId: string;
  /** Epoch minute. */
  readonly minute: number;
  readonly retentionClass: RetentionClass;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly latencyMs: number | null;
  readonly revision: number;
  readonly coversMinutes: number;
  /** `packRegions`. */
  readonly regions: Uint8Array;
}

const STAGING = {
  table: "staging_minute",
  columns: `endpoint_id uuid, minute integer, retention_class smallint, state smallint, reason smallint,
    latency_ms integer, revision integer, covers_minutes smallint, regions bytea`,
};

/**
 * Writes verdict-minutes, each (endpoint, minute) at most once per call; a stored row gives way only to a higher
 * revision, so the same batch twice changes nothing. Rows of endpoints that are gone are left out. Answers how many rows
 * were written. Refused by Postgres when a minute has no partition.
 */
export async function upsertProbeMinutes(
  client: pg.ClientBase,
  minutes: readonly ArchivedMinute[],
): Promise<number> {
  if (minutes.length === 0) {
    return 0;
  }
  await copyRows(client, STAGING, minutes.map(copyValues));
  const { rowCount } = await client.query(`
    INSERT INTO probe_minute AS m
      (endpoint_number, retention_class, state, minute_at, latency_ms, revision, covers_minutes, reason, regions)
    SELECT e.number, s.retention_class, s.state, to_timestamp(s.minute::bigint * 60), s.latency_ms, s.revision,
      s.covers_minutes, s.reason, s.regions
    FROM staging_minute s JOIN endpoints e ON e.id = s.endpoint_id
    ON CONFLICT (endpoint_number, retention_class, minute_at) DO UPDATE SET
      state = excluded.state, latency_ms = excluded.latency_ms, revision = excluded.revision,
      covers_minutes = excluded.covers_minutes, reason = excluded.reason, regions = excluded.regions
    WHERE m.revision < excluded.revision`);
  return rowCount ?? 0;
}

function copyValues(row: ArchivedMinute): readonly CopyValue[] {
  return [
    row.endpointId,
    row.minute,
    RETENTION_CLASS_CODES[row.retentionClass],
    STATE_CODES[row.state],
    row.reason === null ? null : REASON_CODES[row.reason],
    row.latencyMs,
    row.revision,
    row.coversMinutes,
    copyBytes(row.regions),
  ];
}

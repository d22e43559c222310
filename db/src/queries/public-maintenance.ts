/** Maintenance that owners announced to the public. Runs as `reader`: `public_*` views only. */
import type { AnnouncedMaintenance } from "@alivemcp/core/public-maintenance";
import type pg from "pg";

const ROWS_MAX = 200;

/** Windows that touch these endpoints and may still come, the earliest first, one row per endpoint. */
export async function listPublicMaintenance(
  pool: pg.Pool,
  input: { readonly endpointIds: readonly string[]; readonly nowMs: number },
): Promise<AnnouncedMaintenance[]> {
  const { rows } = await pool.query<{
    id: string;
    endpoint_id: string;
    name: string;
    note: string | null;
    starts_at: Date;
    ends_at: Date;
    recurrence: unknown;
    cancelled_at: Date | null;
  }>(
    `SELECT id, endpoint_id, name, note, starts_at, ends_at, recurrence, cancelled_at FROM public_maintenance
     WHERE endpoint_id = ANY($1::uuid[]) AND cancelled_at IS NULL AND (recurrence IS NOT NULL OR ends_at > $2)
     ORDER BY starts_at, id, endpoint_id LIMIT ${ROWS_MAX}`,
    [input.endpointIds, new Date(input.nowMs)],
  );
  return rows.map((row) => ({
    id: row.id,
    endpointId: row.endpoint_id,
    name: row.name,
    note: row.note,
    startsAtMs: row.starts_at.getTime(),
    endsAtMs: row.ends_at.getTime(),
    recurrence: row.recurrence,
    cancelledAtMs: row.cancelled_at?.getTime() ?? null,
  }));
}

import { isInScope } from "@alivemcp/core/alert-rule";
import { occurrencesBetween, readMaintenanceWindow } from "@alivemcp/core/maintenance";
import type pg from "pg";

/** One announced maintenance of one endpoint, cut to what was asked for. */
export interface MaintenanceSpan {
  readonly endpointNumber: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A week of the shortest windows one after the other, for one endpoint and one window. */
const OCCURRENCES_MAX = 200;

/**
 * Maintenance that owners announced for their endpoints within [fromMs, toMs). Windows of followers do not count, nor
 * does the time before a window was announced: nobody takes back an outage by announcing it afterwards.
 */
export async function listMaintenanceSpans(
  pool: pg.Pool,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<MaintenanceSpan[]> {
  const { rows } = await pool.query<{
    id: string;
    scope: unknown;
    recurrence: unknown;
    starts_at: Date;
    ends_at: Date;
    created_at: Date;
    cancelled_at: Date | null;
    endpoints: { id: string; number: number; tags: string[]; group: string | null }[];
  }>(
    `SELECT m.id, m.scope, m.recurrence, m.starts_at, m.ends_at, m.created_at, m.cancelled_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'number', e.number, 'tags', e.tags, 'group', e.group_name)), '[]')
         FROM endpoints e WHERE e.tenant_id = m.tenant_id) AS endpoints
     FROM maintenance_window m
     WHERE m.starts_at < $2 AND m.created_at < $2 AND (m.recurrence IS NOT NULL OR m.ends_at > $1)
       AND (m.cancelled_at IS NULL OR m.cancelled_at > $1)`,
    [new Date(fromMs), new Date(toMs)],
  );
  return rows.flatMap((row) => {
    const window = readMaintenanceWindow({
      id: row.id,
      scope: row.scope,
      recurrence: row.recurrence,
      startsAtMs: row.starts_at.getTime(),
      endsAtMs: row.ends_at.getTime(),
      cancelledAtMs: row.cancelled_at?.getTime() ?? null,
    });
    if (window === null) {
      return [];
    }
    const announcedMs = Math.max(fromMs, row.created_at.getTime());
    const spans = occurrencesBetween(window, announcedMs, toMs, OCCURRENCES_MAX).map((one) => ({
      fromMs: Math.max(one.startsAtMs, announcedMs),
      toMs: Math.min(one.endsAtMs, toMs),
    }));
    return row.endpoints
      .filter((endpoint) => isInScope(window.scope, endpoint))
      .flatMap(({ number }) => spans.map((span) => ({ endpointNumber: number, ...span })));
  });
}

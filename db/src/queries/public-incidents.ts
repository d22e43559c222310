/** What happened to endpoints that may be shown, for pages and feeds. Runs as `reader`: `public_*` views only. */
import type { IncidentSeverity } from "@alivemcp/core/alert-severity";
import type { UpdateStage } from "@alivemcp/core/incident-cause";
import type pg from "pg";

export interface PublicIncidentRow {
  readonly id: string;
  readonly endpointId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly severity: IncidentSeverity;
  readonly severityWorst: IncidentSeverity;
  readonly causes: readonly string[];
  readonly failureReason: string | null;
  /** Ids. */
  readonly regions: readonly string[];
  readonly isFlapping: boolean;
  /** Oldest first. */
  readonly updates: readonly PublicUpdateRow[];
}

export interface PublicUpdateRow {
  readonly stage: UpdateStage;
  readonly body: string;
  readonly atMs: number;
}

/** Of one incident at most this many updates are read, the newest ones. */
const UPDATES_MAX = 50;

/**
 * Incidents of these endpoints that are open or ended since `sinceMs`, newest first, with their updates. Leans on
 * `incident_newest` and `incident_update_by_incident`.
 */
export async function listPublicIncidents(
  pool: pg.Pool,
  input: { readonly endpointIds: readonly string[]; readonly sinceMs: number; readonly limit: number },
): Promise<PublicIncidentRow[]> {
  const { rows } = await pool.query<{
    id: string;
    endpoint_id: string;
    started_at: Date;
    ended_at: Date | null;
    opened_at: Date;
    resolved_at: Date | null;
    severity: IncidentSeverity;
    severity_worst: IncidentSeverity;
    causes: string[];
    failure_reason: string | null;
    regions: string[];
    is_flapping: boolean;
  }>(
    `SELECT id, endpoint_id, started_at, ended_at, opened_at, resolved_at, severity, severity_worst, causes,
       failure_reason, regions, is_flapping
     FROM public_incident
     WHERE endpoint_id = ANY($1::uuid[]) AND (resolved_at IS NULL OR resolved_at >= $2)
     ORDER BY opened_at DESC, id LIMIT $3`,
    [input.endpointIds, new Date(input.sinceMs), input.limit],
  );
  const updates = await listUpdates(
    pool,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    id: row.id,
    endpointId: row.endpoint_id,
    startedAtMs: row.started_at.getTime(),
    endedAtMs: row.ended_at?.getTime() ?? null,
    openedAtMs: row.opened_at.getTime(),
    resolvedAtMs: row.resolved_at?.getTime() ?? null,
    severity: row.severity,
    severityWorst: row.severity_worst,
    causes: row.causes,
    failureReason: row.failure_reason,
    regions: row.regions,
    isFlapping: row.is_flapping,
    updates: updates.get(row.id) ?? [],
  }));
}

async function listUpdates(
  pool: pg.Pool,
  incidentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PublicUpdateRow[]>> {
  const byIncident = new Map<string, PublicUpdateRow[]>();
  if (incidentIds.length === 0) {
    return byIncident;
  }
  const { rows } = await pool.query<{ incident_id: string; stage: UpdateStage; body: string; at: Date }>(
    `SELECT incident_id, stage, body, at FROM (
       SELECT *, row_number() OVER (PARTITION BY incident_id ORDER BY at DESC, id) AS n
       FROM public_incident_update WHERE incident_id = ANY($1::uuid[])) u
     WHERE n <= ${UPDATES_MAX} ORDER BY at, id`,
    [incidentIds],
  );
  for (const { incident_id, stage, body, at } of rows) {
    const updates = byIncident.get(incident_id) ?? [];
    updates.push({ stage, body, atMs: at.getTime() });
    byIncident.set(incident_id, updates);
  }
  return byIncident;
}

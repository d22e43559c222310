import { randomUUID } from "node:crypto";
import { alertOfIncident, incidentAlert } from "@alivemcp/core/alert-of-incident";
import {
  addIncidentTenants,
  type IncidentTenantRow,
  insertIncidentEvents,
  lockIncidentTenants,
  lockNewestIncidents,
  upsertIncidents,
} from "@alivemcp/db/queries/incidents-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { AlertRequest } from "../alerts/alert-request.ts";
import type { DecidedEndpoint } from "../decided-endpoint.ts";
import type { RouterMetrics } from "../router-metrics.ts";
import { foldIncident, type IncidentRevision } from "./fold-incident.ts";
import { incidentRowOf, type KnownIncident, knownIncidentOf } from "./known-incident.ts";

/** Late and corrected verdict-minutes come within five minutes, and may say that a trouble had not ended. */
const AMENDABLE_MS = 15 * 60_000;

/** Where incidents are written: a transaction of the caller's. */
export interface IncidentStore {
  readonly client: PoolClient;
  readonly metrics: Pick<RouterMetrics, "incidents">;
}

/** Changes that begin or end an incident. */
const COUNTED: readonly string[] = ["opened", "reopened", "resolved"];

/**
 * Folds decided endpoints into their incidents and writes, in the caller's transaction, incidents, timelines, and a row
 * for every tenant that hears of them. Answers what is to be decided for these tenants, in order.
 */
export async function storeIncidents(
  store: IncidentStore,
  decided: readonly DecidedEndpoint[],
  nowMs: number,
): Promise<readonly AlertRequest[]> {
  const endpointIds = decided.map(({ plan }) => plan.id);
  const stored = await lockNewestIncidents(store.client, {
    endpointIds,
    resolvedAfterMs: nowMs - AMENDABLE_MS,
  });
  const knownOf = new Map(stored.map((row) => [row.endpointId, knownIncidentOf(row)]));
  const revisions = decided.flatMap(({ plan, policy, steps }) =>
    foldIncident(
      { endpointId: plan.id, known: knownOf.get(plan.id) ?? null, steps, policy, nowMs },
      randomUUID,
    ),
  );
  return storeRevisions(store, revisions, nowMs);
}

/**
 * Writes revisions of incidents, oldest first, and answers what of them is to be decided for each tenant.
 *
 * What began and ended within one batch was read late, and is history: it stands in the timeline and wakes nobody. That is
 * never an outage, since a result older than 90 s opens no confirmation, but a warning that came and went meanwhile.
 */
export async function storeRevisions(
  { client, metrics }: IncidentStore,
  revisions: readonly IncidentRevision[],
  nowMs: number,
): Promise<readonly AlertRequest[]> {
  if (revisions.length === 0) {
    return [];
  }
  const newest = new Map<string, KnownIncident>();
  for (const { incident } of revisions) {
    newest.set(incident.id, incident);
  }
  await upsertIncidents(client, [...newest.values()].map(incidentRowOf));
  await insertIncidentEvents(
    client,
    revisions.flatMap(({ incident, changes }) =>
      changes.map(({ kind, atMs, key, reason, facts }) => ({
        incidentId: incident.id,
        tenantId: null,
        atMs,
        kind,
        actor: null,
        facts: { reason, ...facts },
        key,
      })),
    ),
  );
  for (const { incident, changes } of revisions) {
    for (const { kind } of changes.filter((change) => COUNTED.includes(change.kind))) {
      metrics.incidents.inc({ change: kind, severity: incident.severity });
    }
  }
  const begun = revisions.filter(({ changes }) => changes.some(({ kind }) => kind === "opened"));
  await addIncidentTenants(client, { incidentIds: begun.map(({ incident }) => incident.id), atMs: nowMs });
  const rows = await lockIncidentTenants(client, [...newest.keys()]);
  const rowsOf = Map.groupBy(rows, ({ incidentId }) => incidentId);
  const begunIds = new Set(begun.map(({ incident }) => incident.id));
  return revisions.flatMap((revision) => {
    const { id, resolvedAtMs } = revision.incident;
    const isOver = resolvedAtMs === null && begunIds.has(id) && newest.get(id)?.resolvedAtMs !== null;
    return requestsOf(revision, rowsOf.get(id) ?? []).map((request) => ({ ...request, isOver }));
  });
}

function requestsOf(
  { incident, changes }: IncidentRevision,
  rows: readonly IncidentTenantRow[],
): readonly AlertRequest[] {
  const told = alertOfIncident(incident, changes);
  if (told.kind === "none") {
    return [];
  }
  const atMs = changes[0]?.atMs ?? incident.openedAtMs;
  return rows.map((row) => ({
    alert: incidentAlert(told, incident, { ...row, incidentTenantId: row.id }, atMs),
    incident: { facts: incident, row, endpointsTogether: 1 },
  }));
}

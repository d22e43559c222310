import { randomUUID } from "node:crypto";
import { advanceIncident } from "@alivemcp/core/advance-incident";
import { INCIDENT_RULES, type IncidentUpdate } from "@alivemcp/core/incident-decision";
import {
  lockIncidentsToSimulate,
  lockIncidentsToWake,
  lockUnwatchedIncidents,
} from "@alivemcp/db/queries/alert-sources-system";
import type { IncidentRow } from "@alivemcp/db/queries/incidents-system";
import type { AlertRequest } from "../alerts/alert-request.ts";
import { type TellInTransactionDeps, tellInTransaction } from "../alerts/tell-in-transaction.ts";
import { type IncidentRevision, revisionOf } from "../incidents/fold-incident.ts";
import { knownIncidentOf } from "../incidents/known-incident.ts";
import { type IncidentStore, storeRevisions } from "../incidents/store-incidents.ts";

const TURN_MAX = 200;

/**
 * Incidents that change although no verdict comes: a simulated one is announced, and is over after a minute; a changed
 * access is normal after a day; one whose endpoint nobody watches any more ends with that reason.
 */
export async function sweepIncidents(deps: TellInTransactionDeps): Promise<number> {
  const { metrics } = deps;
  const turns = [
    tellInTransaction(deps, async (client, nowMs) =>
      announce({ client, metrics }, await lockIncidentsToSimulate(client, { limit: TURN_MAX }), nowMs),
    ),
    tellInTransaction(deps, async (client, atMs) =>
      advance(
        { client, metrics },
        await lockIncidentsToWake(client, { atMs, limit: TURN_MAX }),
        { kind: "time" },
        atMs,
      ),
    ),
    tellInTransaction(deps, async (client, nowMs) =>
      advance(
        { client, metrics },
        await lockUnwatchedIncidents(client, { limit: TURN_MAX }),
        { kind: "gone", why: "endpoint-paused" },
        nowMs,
      ),
    ),
  ];
  return (await Promise.all(turns)).reduce((sum, alerts) => sum + alerts, 0);
}

/** What a person inserted becomes an incident like every other, but for who hears of it. */
function announce(
  store: IncidentStore,
  rows: readonly IncidentRow[],
  nowMs: number,
): Promise<readonly AlertRequest[]> {
  const revisions = rows.map((row): IncidentRevision => {
    const incident = knownIncidentOf(row);
    const { severity, causes, regions, failureReason, startedAtMs } = incident;
    const facts = { severity, causes, regions, failureReason, startedAtMs };
    const key = `opened:${incident.revision}`;
    return { incident, changes: [{ kind: "opened", reason: "trouble-began", atMs: nowMs, key, facts }] };
  });
  return storeRevisions(store, revisions, nowMs);
}

function advance(
  store: IncidentStore,
  rows: readonly IncidentRow[],
  update: IncidentUpdate,
  nowMs: number,
): Promise<readonly AlertRequest[]> {
  const revisions = rows.flatMap((row) => {
    const known = knownIncidentOf(row);
    const decision = advanceIncident(known, update, nowMs, INCIDENT_RULES);
    return revisionOf(decision, known, known, randomUUID) ?? [];
  });
  return storeRevisions(store, revisions, nowMs);
}

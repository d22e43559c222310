import { incidentAlert } from "@alivemcp/core/alert-of-incident";
import {
  calmIncidentTenants,
  lockIncidentTenantsToWake,
  takeUpdatesToTell,
} from "@alivemcp/db/queries/alert-sources-system";
import {
  type IncidentRow,
  type IncidentTenantRow,
  lockIncidentTenants,
} from "@alivemcp/db/queries/incidents-system";
import type { AlertRequest } from "../alerts/alert-request.ts";
import { type TellInTransactionDeps, tellInTransaction } from "../alerts/tell-in-transaction.ts";
import { knownIncidentOf } from "../incidents/known-incident.ts";

const TURN_MAX = 200;

/**
 * Tenants' incidents about which something is to be decided although nothing changed: an escalation step is due, a mute
 * has ended, a rule's hours have begun; or somebody acknowledged, which those who were paged are told.
 */
export function sweepIncidentTenants(deps: TellInTransactionDeps): Promise<number> {
  return tellInTransaction(deps, async (client, atMs) => {
    const woken = await lockIncidentTenantsToWake(client, { atMs, limit: TURN_MAX });
    await calmIncidentTenants(
      client,
      woken.map(({ row }) => row.id),
    );
    return woken
      .filter(({ row, incident }) => row.resolvedAtMs === null && incident.resolvedAtMs === null)
      .map(({ row, incident }) => wokenRequest(row, incident, atMs));
  });
}

const STILL_OPEN = { event: "incident.updated", news: "still-open" } as const;
const ACKNOWLEDGED = { event: "incident.acknowledged", news: "acknowledged" } as const;
const PUBLIC_UPDATE = { event: "incident.updated", news: "public-update" } as const;

/** A step is named after the instant that woke it: the same one is decided once. */
function wokenRequest(row: IncidentTenantRow, incident: IncidentRow, atMs: number): AlertRequest {
  return row.acknowledgedAtMs === null
    ? requestOf(row, incident, atMs, STILL_OPEN, `open-${row.wakeAtMs}`)
    : requestOf(row, incident, atMs, ACKNOWLEDGED, `ack-${row.acknowledgedAtMs}`);
}

/** Public updates of owners: whoever was told of the incident, followers too, is told how its owner sees it. */
export function sweepPublicUpdates(deps: TellInTransactionDeps): Promise<number> {
  return tellInTransaction(deps, async (client, atMs) => {
    const updates = await takeUpdatesToTell(client, { atMs, limit: TURN_MAX });
    const rows = await lockIncidentTenants(
      client,
      updates.map(({ incident }) => incident.id),
    );
    return updates.flatMap(({ updateId, incident }) =>
      rows
        .filter(({ incidentId }) => incidentId === incident.id)
        .map((row) => requestOf(row, incident, atMs, PUBLIC_UPDATE, `update-${updateId}`)),
    );
  });
}

function requestOf(
  row: IncidentTenantRow,
  incident: IncidentRow,
  atMs: number,
  told: Parameters<typeof incidentAlert>[0],
  step: string,
): AlertRequest {
  const facts = knownIncidentOf(incident);
  const alert = incidentAlert(told, facts, { ...row, incidentTenantId: row.id }, atMs, step);
  return { alert, incident: { facts, row, endpointsTogether: 1 } };
}

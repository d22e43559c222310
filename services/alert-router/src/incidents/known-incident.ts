import { type Incident, readCause } from "@alivemcp/core/incident";
import type { IncidentCause } from "@alivemcp/core/incident-cause";
import { INCIDENT_RULES } from "@alivemcp/core/incident-decision";
import { FAILURE_REASONS } from "@alivemcp/core/states";
import type { IncidentRow } from "@alivemcp/db/queries/incidents-system";

/** A stored incident: the facts that core decides from, and whose they are. */
export interface KnownIncident extends Incident {
  readonly id: string;
  readonly endpointId: string;
  readonly simulatedFor: string | null;
}

/** Words of a newer version are left out rather than refused: the incident must end all the same. */
export function knownIncidentOf(row: IncidentRow): KnownIncident {
  const { wakeAtMs: _, ...facts } = row;
  return {
    ...facts,
    isSimulated: row.simulatedFor !== null,
    causes: row.causes.flatMap((word): IncidentCause[] => {
      const cause = readCause(word);
      return cause === null ? [] : [cause];
    }),
    failureReason: FAILURE_REASONS.find((reason) => reason === row.failureReason) ?? null,
  };
}

export function incidentRowOf(incident: KnownIncident): IncidentRow {
  const { isSimulated: _, ...facts } = incident;
  return { ...facts, wakeAtMs: wakeAtMsOf(incident) };
}

/** When time alone changes it. */
function wakeAtMsOf({ resolvedAtMs, access, causes, isSimulated, openedAtMs }: KnownIncident): number | null {
  if (resolvedAtMs !== null) {
    return null;
  }
  if (isSimulated) {
    return openedAtMs + INCIDENT_RULES.simulatedForMs;
  }
  return access !== null && causes.includes("access_changed")
    ? access.atMs + INCIDENT_RULES.accessChangedForMs
    : null;
}

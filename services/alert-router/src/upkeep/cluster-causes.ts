import { outsideCausesOf, type SharedCause } from "@alivemcp/core/shared-cause";
import type { CausedIncident } from "@alivemcp/db/queries/suppression-system";

/** Causes of an incident that can be nobody's fault. `regions`: all of the installation. */
export function clusterCausesOf(
  incident: CausedIncident,
  regions: readonly string[],
): readonly SharedCause[] {
  const asked = incident.regionsAsked.length > 0 ? incident.regionsAsked : regions;
  return outsideCausesOf(incident, asked);
}

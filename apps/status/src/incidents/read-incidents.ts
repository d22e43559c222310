import { INCIDENTS_TOLD_MS, type PublicIncident, toPublicIncident } from "@alivemcp/core/public-incident";
import { listPublicIncidents } from "@alivemcp/db/queries/public-incidents";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { Deps } from "../deps.ts";

/** Of one endpoint or page; what is older than these is found among the changes of the state. */
export const INCIDENTS_SHOWN = 100;
const DEADLINE_MS = 2_500;

/**
 * Incidents of these endpoints that are open or ended within 90 days, newest first; null while Postgres is away. Readers
 * within seconds share one reading. Never rejects.
 */
export async function readIncidents(
  deps: Pick<Deps, "pool" | "clock" | "log" | "regions" | "incidents">,
  endpointIds: readonly string[],
): Promise<readonly PublicIncident[] | null> {
  const cityOf = (id: string) => deps.regions.find((region) => region.id === id)?.city ?? id;
  try {
    return await withDeadline(
      deps.incidents.get(endpointIds.join(), async () => {
        const sinceMs = deps.clock.nowMs() - INCIDENTS_TOLD_MS;
        const rows = await listPublicIncidents(deps.pool, { endpointIds, sinceMs, limit: INCIDENTS_SHOWN });
        return rows.map((row) => toPublicIncident(row, cityOf));
      }),
      DEADLINE_MS,
    );
  } catch (err) {
    deps.log.warn({ err }, "incidents could not be read from Postgres");
    return null;
  }
}

import { INCIDENTS_TOLD_MS, toPublicIncident } from "@alivemcp/core/public-incident";
import { publicMaintenances } from "@alivemcp/core/public-maintenance";
import { listPublicIncidents } from "@alivemcp/db/queries/public-incidents";
import { listPublicMaintenance } from "@alivemcp/db/queries/public-maintenance";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { Deps } from "../deps.ts";
import type { News } from "./news.ts";

/** Of one endpoint or page; what is older than these is found among the changes of the state. */
const INCIDENTS_SHOWN = 100;
const DEADLINE_MS = 2_500;

/** Null while Postgres is away. Readers within seconds share one reading. Never rejects. */
export async function readNews(
  deps: Pick<Deps, "pool" | "clock" | "log" | "regions" | "news">,
  endpointIds: readonly string[],
): Promise<News | null> {
  try {
    return await withDeadline(
      deps.news.get(endpointIds.join(), () => queryNews(deps, endpointIds)),
      DEADLINE_MS,
    );
  } catch (err) {
    deps.log.warn({ err }, "incidents could not be read from Postgres");
    return null;
  }
}

async function queryNews(
  deps: Pick<Deps, "pool" | "clock" | "regions">,
  endpointIds: readonly string[],
): Promise<News> {
  const nowMs = deps.clock.nowMs();
  const cityOf = (id: string) => deps.regions.find((region) => region.id === id)?.city ?? id;
  const [incidents, announced] = await Promise.all([
    listPublicIncidents(deps.pool, {
      endpointIds,
      sinceMs: nowMs - INCIDENTS_TOLD_MS,
      limit: INCIDENTS_SHOWN,
    }),
    listPublicMaintenance(deps.pool, { endpointIds, nowMs }),
  ]);
  return {
    incidents: incidents.map((row) => toPublicIncident(row, cityOf)),
    maintenances: publicMaintenances(announced, nowMs),
  };
}

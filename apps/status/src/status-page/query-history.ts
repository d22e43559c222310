import { INCIDENTS_TOLD_MS } from "@alivemcp/core/public-incident";
import {
  listPublicDays,
  listPublicDrift,
  listPublicMinutes,
  listPublicOutages,
  listPublicTransitions,
} from "@alivemcp/db/queries/public-history";
import { listPublicIncidents } from "@alivemcp/db/queries/public-incidents";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { CatalogueEntry } from "../catalogue.ts";

const DAY_MS = 86_400_000;
export const DAYS_SHOWN = 90;
const DRIFT_SHOWN = 20;
const TRANSITIONS_SHOWN = 30;
/** Of one endpoint; who has more has a page of changes of the state besides. */
export const INCIDENTS_SHOWN = 100;

/** What Postgres knows of one endpoint's past. */
export type History = Awaited<ReturnType<typeof queryHistory>>;

export async function queryHistory(
  pool: Pool,
  { endpointId, endpointNumber }: Pick<CatalogueEntry, "endpointId" | "endpointNumber">,
  nowMs: number,
) {
  const [days, minutes, outages, drift, transitions, incidents] = await Promise.all([
    listPublicDays(pool, endpointNumber, nowMs - DAYS_SHOWN * DAY_MS),
    listPublicMinutes(pool, endpointNumber, nowMs - DAY_MS),
    listPublicOutages(pool, endpointId, nowMs - DAY_MS),
    listPublicDrift(pool, endpointId, DRIFT_SHOWN),
    listPublicTransitions(pool, endpointId, TRANSITIONS_SHOWN),
    listPublicIncidents(pool, {
      endpointIds: [endpointId],
      sinceMs: nowMs - INCIDENTS_TOLD_MS,
      limit: INCIDENTS_SHOWN,
    }),
  ]);
  return { days, minutes, outages, drift, transitions, incidents };
}

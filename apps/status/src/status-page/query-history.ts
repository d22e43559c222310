import {
  listPublicDays,
  listPublicDrift,
  listPublicMinutes,
  listPublicOutages,
  listPublicTransitions,
} from "@alivemcp/db/queries/public-history";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { CatalogueEntry } from "../catalogue.ts";

const DAY_MS = 86_400_000;
export const DAYS_SHOWN = 90;
const DRIFT_SHOWN = 20;
const TRANSITIONS_SHOWN = 30;

/** What Postgres knows of one endpoint's past. */
export type History = Awaited<ReturnType<typeof queryHistory>>;

export async function queryHistory(
  pool: Pool,
  { endpointId, endpointNumber }: Pick<CatalogueEntry, "endpointId" | "endpointNumber">,
  nowMs: number,
) {
  const [days, minutes, outages, drift, transitions] = await Promise.all([
    listPublicDays(pool, endpointNumber, nowMs - DAYS_SHOWN * DAY_MS),
    listPublicMinutes(pool, endpointNumber, nowMs - DAY_MS),
    listPublicOutages(pool, endpointId, nowMs - DAY_MS),
    listPublicDrift(pool, endpointId, DRIFT_SHOWN),
    listPublicTransitions(pool, endpointId, TRANSITIONS_SHOWN),
  ]);
  return { days, minutes, outages, drift, transitions };
}

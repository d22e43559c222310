import {
  ALERT_TABLES_BY_AGE,
  deleteOldAlerts,
  deleteOldIncidents,
  deleteOldThreads,
} from "@alivemcp/db/queries/alert-retention-system";
import type { UpkeepDeps } from "./upkeep-deps.ts";

/** Messages, decisions and what surrounds them; incidents stay as long as the plan's day history. */
const KEPT_MS = 90 * 86_400_000;
const BATCH = 1_000;
/** Of each kind in one round; the rest in the next. */
const BATCHES_MAX = 100;

/** Deletes what alerting need not remember any more; answers how many rows. Deleting twice finds nothing. */
export async function forgetOldAlerts({ pool, clock }: Pick<UpkeepDeps, "pool" | "clock">): Promise<number> {
  const atMs = clock.nowMs();
  const old = { beforeMs: atMs - KEPT_MS, limit: BATCH };
  const steps = [
    ...ALERT_TABLES_BY_AGE.map((table) => () => deleteOldAlerts(pool, { ...old, table })),
    () => deleteOldThreads(pool, old),
    () => deleteOldIncidents(pool, { atMs, limit: BATCH }),
  ];
  let deleted = 0;
  for (const step of steps) {
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const count = await step();
      deleted += count;
      if (count < BATCH) {
        break;
      }
    }
  }
  return deleted;
}

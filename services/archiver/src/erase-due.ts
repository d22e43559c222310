import {
  deleteExcessEndpoints,
  deleteExcessFollows,
  erasePersonRows,
  listDueTenants,
  listErasablePersons,
  listErasedEndpoints,
  lowerRetentionClasses,
} from "@alivemcp/db/queries/erasure-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { Deps } from "./deps.ts";
import { eraseTenant } from "./erase-tenant.ts";
import { eraseTraces } from "./erase-traces.ts";

export type EraseDeps = Pick<Deps, "upkeepPool" | "redis" | "clock" | "log" | "metrics">;

const TENANTS_PER_RUN = 20;
const PERSONS_PER_RUN = 200;
const ENDPOINTS_PER_RUN = 200;
/**
 * What is under way for an endpoint when it is deleted has arrived by then: jobs run or are dropped within 90 s, late
 * results are taken for 5 min, sums of an hour are written within 10 min.
 */
const TRACES_AFTER_MS = 15 * 60_000;

/**
 * The one function that erases: tenants whose grace period is over, persons who asked for it, what a smaller plan has
 * paused for 30 days, and what deleted endpoints left in tables and in Redis. What is where is said by
 * `db/src/erasure-list.ts` and `services/core/src/erasure-keys.ts`. Every step is small and may be repeated: after a
 * crash the next run finds what is left by the same lists.
 */
export async function eraseDue(deps: EraseDeps): Promise<void> {
  const { upkeepPool, clock, log, metrics } = deps;
  for (const scope of await listDueTenants(upkeepPool, TENANTS_PER_RUN)) {
    await eraseTenant(deps, scope);
    log.info({ tenantId: scope.tenantId }, "tenant erased");
    metrics.erased.inc({ what: "tenant" });
  }
  for (const userId of await listErasablePersons(upkeepPool, PERSONS_PER_RUN)) {
    await inTransaction(upkeepPool, (client) => erasePersonRows(client, userId));
    metrics.erased.inc({ what: "person" });
  }
  const expired = await inTransaction(upkeepPool, (client) =>
    deleteExcessEndpoints(client, ENDPOINTS_PER_RUN),
  );
  metrics.erased.inc({ what: "excess" }, expired);
  await deleteExcessFollows(upkeepPool);
  await lowerRetentionClasses(upkeepPool, ENDPOINTS_PER_RUN);
  const deletedBeforeMs = clock.nowMs() - TRACES_AFTER_MS;
  const gone = await listErasedEndpoints(upkeepPool, { deletedBeforeMs, limit: ENDPOINTS_PER_RUN });
  metrics.erased.inc({ what: "endpoint" }, await eraseTraces(deps, gone));
}

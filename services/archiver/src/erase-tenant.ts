import { killsKey, killsToldKey, SLOWDOWNS_KEY } from "@alivemcp/core/pipeline";
import { tablesErased } from "@alivemcp/db/erasure-list";
import { eraseTenantRow, eraseTenantRows } from "@alivemcp/db/queries/erasure-system";
import type { TenantScope } from "@alivemcp/db/tenant-scope";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { Deps } from "./deps.ts";

const ROWS_PER_STEP = 500;
/** Half a million rows a table; a tenant of the largest plan has a few thousand. */
const STEPS_MAX = 1_000;

/**
 * Erases a tenant that is due: the keys named by it, its rows table by table, at last its own row. Stopped anywhere, it
 * goes on where it was, because the tenant is due as long as its row is there. What its endpoints left behind is in
 * the queue by then, since deleting an endpoint puts it there.
 */
export async function eraseTenant(
  { upkeepPool, redis }: Pick<Deps, "upkeepPool" | "redis">,
  scope: TenantScope,
): Promise<void> {
  const capKey = `tenant:${scope.tenantId}`;
  await Promise.all([
    redis.del(killsKey(capKey)),
    redis.del(killsToldKey(capKey)),
    redis.zrem(SLOWDOWNS_KEY, capKey),
  ]);
  for (const table of tablesErased("tenant")) {
    for (let step = 0; step < STEPS_MAX; step += 1) {
      if ((await eraseTenantRows(upkeepPool, scope, { table, limit: ROWS_PER_STEP })) < ROWS_PER_STEP) {
        break;
      }
    }
  }
  await inTransaction(upkeepPool, (client) => eraseTenantRow(client, scope));
}

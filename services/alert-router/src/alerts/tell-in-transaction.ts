import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { Deps } from "../deps.ts";
import type { AlertRequest } from "./alert-request.ts";
import { announceTold, NOBODY_TOLD, type TellDeps, tellAlerts } from "./tell-alerts.ts";

export type TellInTransactionDeps = TellDeps &
  Pick<Deps, "pool" | "clock" | "metrics" | "log" | "deliveryQueue">;

/**
 * One turn of a sweep: what `take` finds and locks, what is decided about it, and every message are one transaction.
 * Answers how many alerts there were.
 */
export async function tellInTransaction(
  deps: TellInTransactionDeps,
  take: (client: PoolClient, nowMs: number) => Promise<readonly AlertRequest[]>,
): Promise<number> {
  const nowMs = deps.clock.nowMs();
  let alerts = 0;
  const told = await inTransaction(deps.pool, async (client) => {
    const requests = await take(client, nowMs);
    alerts = requests.length;
    return requests.length === 0 ? NOBODY_TOLD : tellAlerts(deps, client, requests, nowMs);
  });
  await announceTold(deps, told);
  return alerts;
}

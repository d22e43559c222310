import { deletedEndpointMessage } from "@alivemcp/core/deleted-endpoint-message";
import { takeOrphanedThreads } from "@alivemcp/db/queries/orphaned-threads-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import { announceTold } from "../alerts/tell-alerts.ts";
import type { TellInTransactionDeps } from "../alerts/tell-in-transaction.ts";
import { promiseMessages } from "../upkeep/promise-messages.ts";

const TURN_MAX = 200;

/**
 * Endpoints that were deleted during an incident: whoever was told of it is told that it is over. Taking a thread and
 * promising its messages are one transaction. Answers how many messages there were.
 */
export async function sweepOrphanedThreads(
  deps: Pick<TellInTransactionDeps, "pool" | "clock" | "metrics" | "log" | "deliveryQueue">,
): Promise<number> {
  const deliveries = await inTransaction(deps.pool, async (client) => {
    const threads = await takeOrphanedThreads(client, { limit: TURN_MAX });
    const messages = threads.map((thread) => ({
      sink: thread,
      alertKey: `incident:${thread.dedupKey}:deleted`,
      message: deletedEndpointMessage(thread),
    }));
    return promiseMessages(client, messages, deps.clock.nowMs());
  });
  await announceTold(deps, { deliveries, decisions: [] });
  return deliveries.length;
}

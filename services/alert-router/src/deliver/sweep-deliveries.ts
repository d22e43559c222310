import { ESCALATE_AFTER_MS } from "@alivemcp/core/delivery-promise";
import { listDueDeliveries, listOverduePages } from "@alivemcp/db/queries/delivery-leases-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import { within } from "../within.ts";
import type { DeliverDeps } from "./deliver-deps.ts";
import { ENQUEUE_TIMEOUT_MS, SINK_IN_FLIGHT_MAX } from "./deliver-one.ts";
import { enqueueDeliveries } from "./enqueue-deliveries.ts";
import { escalatePage } from "./escalate-page.ts";

type SweepDeps = Pick<DeliverDeps, "clock" | "deliveryQueue" | "metrics" | "pool">;

/** Added at once; the next sweep is a second away. */
const DUE_MAX = 1_000;
const OVERDUE_MAX = 100;

/**
 * Puts due messages without a job into the queue: those whose time has come, whose lease ran out, whose job Redis lost,
 * and those that people asked for. Doing it twice adds nothing.
 */
export async function sweepDue(deps: SweepDeps): Promise<number> {
  const due = await listDueDeliveries(deps.pool, {
    atMs: deps.clock.nowMs(),
    perSink: SINK_IN_FLIGHT_MAX,
    limit: DUE_MAX,
  });
  await within(ENQUEUE_TIMEOUT_MS, "adding deliveries", enqueueDeliveries(deps, due));
  return due.length;
}

/** Sends pages that were not delivered in 10 minutes on their detour. One that fails to be is tried at the next sweep. */
export async function sweepOverdue(deps: SweepDeps): Promise<number> {
  const atMs = deps.clock.nowMs();
  const overdue = await listOverduePages(deps.pool, {
    createdBeforeMs: atMs - ESCALATE_AFTER_MS,
    limit: OVERDUE_MAX,
  });
  for (const id of overdue) {
    await inTransaction(deps.pool, (client) => escalatePage(deps, client, { id, atMs }));
  }
  return overdue.length;
}

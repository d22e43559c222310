import { type DeliveryJob, deliveryJobId, PIPELINE_VERSION } from "@alivemcp/core/pipeline";
import type { QueuedDelivery } from "@alivemcp/db/queries/deliveries-system";
import type { Queue } from "@alivemcp/runtime/queues";

export interface EnqueueDeps {
  readonly deliveryQueue: Pick<Queue<DeliveryJob>, "addBulk">;
}

/**
 * Makes a job for the first try of each new message. Doing it twice adds nothing; not doing it delays a message until
 * the sweeper finds its row.
 */
export async function enqueueDeliveries(
  deps: EnqueueDeps,
  deliveries: readonly QueuedDelivery[],
): Promise<void> {
  if (deliveries.length === 0) {
    return;
  }
  await deps.deliveryQueue.addBulk(
    deliveries.map(({ id, priority }) => ({
      name: "deliver",
      data: { v: PIPELINE_VERSION, deliveryId: id },
      opts: { jobId: deliveryJobId(id, 0), priority },
    })),
  );
}

import { type DeliveryJob, deliveryJobId, PIPELINE_VERSION } from "@alivemcp/core/pipeline";
import type { Queue } from "@alivemcp/runtime/queues";

export interface EnqueueDeps {
  readonly deliveryQueue: Pick<Queue<DeliveryJob>, "addBulk">;
}

export interface DeliveryToEnqueue {
  readonly id: string;
  /** Tries made so far; absent: none. */
  readonly attempts?: number;
  /** 1 goes first. */
  readonly priority: number;
}

/**
 * Makes a job for the next try of each message that is due. Doing it twice adds nothing; not doing it delays a message
 * until the sweep finds its row. Waits for Redis without end: the caller bounds it.
 */
export async function enqueueDeliveries(deps: EnqueueDeps, due: readonly DeliveryToEnqueue[]): Promise<void> {
  if (due.length === 0) {
    return;
  }
  await deps.deliveryQueue.addBulk(
    due.map(({ id, attempts = 0, priority }) => ({
      name: "deliver",
      data: { v: PIPELINE_VERSION, deliveryId: id },
      // What is finished goes at once: a message that had to wait for its turn is added again under the same id.
      opts: { jobId: deliveryJobId(id, attempts), priority, removeOnComplete: true, removeOnFail: true },
    })),
  );
}

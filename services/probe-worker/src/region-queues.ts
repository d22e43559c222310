import { checkQueueName, FINISHED_JOB_KEPT_S, probeQueueName } from "@alivemcp/core/pipeline";
import type { Deps } from "./deps.ts";
import { createProbeSlots } from "./probe-slots.ts";
import { openRegionQueue } from "./region-queue.ts";

export interface RegionQueues {
  countJobs(): Promise<
    readonly { readonly queue: string; readonly counts: Readonly<Record<string, number>> }[]
  >;
  /**
   * Takes no more jobs and lets those running end within `drainMs`; what is still unfinished then lies in its queue
   * again, for another worker.
   */
  stop(drainMs: number): Promise<void>;
}

/** Answers of checks and audits are read by whoever asked, within the hour. */
const ANSWERS_KEPT_S = 3_600;

/** Works off both queues of each region this process serves. */
export function openRegionQueues(deps: Deps): RegionQueues {
  const slots = createProbeSlots(deps.startPolicy.capacity);
  const queues = deps.config.PROBE_REGIONS.flatMap((region) => [
    openRegionQueue(deps, slots, { region, address: probeQueueName(region), keptS: FINISHED_JOB_KEPT_S }),
    openRegionQueue(deps, slots, { region, address: checkQueueName(region), keptS: ANSWERS_KEPT_S }),
  ]);
  return {
    countJobs: () =>
      Promise.all(queues.map(async (queue) => ({ queue: queue.name, counts: await queue.countJobs() }))),
    async stop(drainMs) {
      const giveBack = setTimeout(() => deps.fleet.giveBack(), drainMs);
      await Promise.all(queues.map((queue) => queue.drain()));
      clearTimeout(giveBack);
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

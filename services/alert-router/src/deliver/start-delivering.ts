import { DELIVERY_QUEUE, deliveryJobSchema } from "@alivemcp/core/pipeline";
import { countPendingDeliveries } from "@alivemcp/db/queries/delivery-leases-system";
import { everyTick, type PeriodicTask } from "@alivemcp/runtime/periodic";
import { openQueueWorker } from "@alivemcp/runtime/queues";
import type { DeliverDeps } from "./deliver-deps.ts";
import { deliverOne } from "./deliver-one.ts";
import { recheckSinks } from "./recheck-sinks.ts";
import { resealSinks } from "./reseal-sinks.ts";
import { sweepDue, sweepOverdue } from "./sweep-deliveries.ts";

export interface RunningDelivery {
  /** For readiness. */
  readonly tasks: readonly PeriodicTask[];
  /** Takes no more messages and waits for those under way. */
  stop(): Promise<void>;
}

/** Mostly waiting for receivers. A sink takes 2 of them, a tenant 10: receivers of twenty tenants must all hang to fill them, for seconds, until their breakers open. */
const CONCURRENCY = 200;
const SWEEP_EVERY_MS = 1_000;
const OVERDUE_EVERY_MS = 5_000;
const COUNT_EVERY_MS = 10_000;
const RECHECK_ROUND_MS = 60_000;
const RESEAL_EVERY_MS = 5 * 60_000;

/** Starts sending what is due; several processes share the work, each message is in one hand at a time. */
export function startDelivering(deps: DeliverDeps): RunningDelivery {
  const { clock, log, metrics } = deps;
  const onError = (err: unknown) => log.error({ err }, "delivering failed, trying again");
  const worker = openQueueWorker(
    deps.queueConnection,
    DELIVERY_QUEUE,
    async (job) => {
      const parsed = deliveryJobSchema.safeParse(job.data);
      if (!parsed.success) {
        log.error({ jobId: job.id }, "a delivery job could not be read; its row is swept");
        return;
      }
      await deliverOne(deps, parsed.data.deliveryId).catch(onError);
    },
    { concurrency: CONCURRENCY, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
  );
  worker.on("error", (err) => log.warn({ err }, "delivery worker"));
  const task = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    everyTick({ name, everyMs, clock, run, onError });
  const tasks = [
    task("due deliveries", SWEEP_EVERY_MS, () => sweepDue(deps)),
    task("overdue pages", OVERDUE_EVERY_MS, () => sweepOverdue(deps)),
    task("pending deliveries", COUNT_EVERY_MS, async () => {
      const { due, later, oldestDueMs } = await countPendingDeliveries(deps.pool, clock.nowMs());
      metrics.pending.set({ when: "due" }, due);
      metrics.pending.set({ when: "later" }, later);
      metrics.oldestDueSeconds.set(oldestDueMs / 1_000);
      metrics.openBreakers.set(deps.gates.countOpen(clock.nowMs()));
    }),
    task("sinks to recheck", RECHECK_ROUND_MS, () => recheckSinks(deps)),
    task("sink keys", RESEAL_EVERY_MS, async () => {
      const done = await resealSinks(deps);
      if (done.resealed + done.unreadable > 0) {
        log.info(done, "sinks sealed anew");
      }
    }),
  ];
  return {
    tasks,
    async stop() {
      await Promise.all(tasks.map((one) => one.stop()));
      await worker.close();
    },
  };
}

import type { NamedJob } from "@alivemcp/core/build-job";
import type { Deps } from "./deps.ts";

/** Jobs per round trip. */
const BULK_MAX = 1_000;
/** BullMQ waits for Redis without end; a tick does not. What was sent late anyway adds nothing twice. */
const ENQUEUE_TIMEOUT_MS = 10_000;

/**
 * Adds jobs to the queues of their regions, in the given order per region. A job whose id the queue has seen within
 * the last three minutes adds nothing. Rejects when Redis does not take them in time; some may be in then.
 */
export async function enqueueJobs(
  deps: Pick<Deps, "queues" | "metrics">,
  jobs: readonly NamedJob[],
): Promise<void> {
  const byRegion = Map.groupBy(jobs, (job) => job.data.region);
  await withTimeout(
    Promise.all(
      [...byRegion].map(async ([region, ofRegion]) => {
        const queue = deps.queues.get(region);
        if (!queue) {
          throw new Error(`no queue for region ${region}`);
        }
        for (let n = 0; n < ofRegion.length; n += BULK_MAX) {
          const bulk = ofRegion.slice(n, n + BULK_MAX);
          await queue.addBulk(bulk.map(({ id, data }) => ({ name: data.kind, data, opts: { jobId: id } })));
          deps.metrics.jobsEnqueued.inc({ region }, bulk.length);
        }
      }),
    ),
  );
}

async function withTimeout(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Redis did not take the jobs within ${ENQUEUE_TIMEOUT_MS} ms`)),
      ENQUEUE_TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

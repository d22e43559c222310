import { checkQueueName, FINISHED_JOB_KEPT_S, type ProbeStep, probeQueueName } from "@alivemcp/core/pipeline";
import { type Job, openQueue, openQueueWorker, type QueueAddress } from "@alivemcp/runtime/queues";
import { DelayedError, UnrecoverableError, WaitingError } from "bullmq";
import type { Deps } from "./deps.ts";
import { runProbeJob } from "./run-probe-job.ts";

export interface RegionQueues {
  /** Jobs per queue and state, for operators. */
  countJobs(): Promise<readonly { queue: string; counts: Readonly<Record<string, number>> }[]>;
  /**
   * Takes no more jobs and lets those running end within `drainMs`; what is still unfinished then lies in its queue
   * again, for another worker.
   */
  stop(drainMs: number): Promise<void>;
}

/** Answers of checks and audits are read by whoever asked, within the hour. */
const ANSWERS_KEPT_S = 3_600;
/**
 * How a dead worker's jobs come back: its locks run out after 10 s, and the others look for such jobs every 4 s, so
 * they run again within 18 s, before they count as late.
 */
const RECOVERY = { lockDuration: 10_000, stalledInterval: 4_000, maxStalledCount: 3 };
/** Redis away: how long until the next try to fetch a job. */
const RETRY_FETCH_AFTER_MS = 1_000;

/** Works off the regions' queues. Jobs are fetched beyond what can run, since who may run is decided here, not by the queue's order. */
export function openRegionQueues(deps: Deps): RegionQueues {
  const intake = { isOpen: true };
  const queues = deps.config.PROBE_REGIONS.flatMap((region) => [
    openOne(deps, intake, { region, address: probeQueueName(region), keptS: FINISHED_JOB_KEPT_S }),
    openOne(deps, intake, { region, address: checkQueueName(region), keptS: ANSWERS_KEPT_S }),
  ]);
  return {
    countJobs: () =>
      Promise.all(
        queues.map(async ({ queue }) => ({
          queue: queue.name,
          counts: await queue.getJobCounts("wait", "prioritized", "active", "delayed", "failed"),
        })),
      ),
    async stop(drainMs) {
      intake.isOpen = false;
      const giveBack = setTimeout(() => deps.fleet.giveBack(), drainMs);
      await Promise.all(queues.map(({ worker }) => worker.close()));
      clearTimeout(giveBack);
      await Promise.all(queues.map(({ queue }) => queue.close()));
    },
  };
}

function openOne(
  deps: Deps,
  intake: { readonly isOpen: boolean },
  { region, address, keptS }: { region: string; address: QueueAddress; keptS: number },
) {
  const worker = openQueueWorker<unknown, unknown>(
    deps.queueConnection,
    address,
    async (job, token = "") => {
      // A fetch that was under way when the stop began may still bring a job.
      if (!intake.isOpen) {
        return giveBack(job, token);
      }
      return workOff(deps, { region, queueName: address.name }, job, token);
    },
    {
      ...RECOVERY,
      concurrency: deps.startPolicy.capacity + 1,
      runRetryDelay: RETRY_FETCH_AFTER_MS,
      removeOnComplete: { age: keptS },
      removeOnFail: { age: ANSWERS_KEPT_S, count: 1_000 },
    },
  );
  worker.on("error", (err) => deps.log.warn({ err, queue: address.name }, "queue worker"));
  worker.on("failed", (job, err) =>
    deps.log.error({ err, jobId: job?.id, queue: address.name }, "job failed"),
  );
  const queue = openQueue(deps.queueConnection, address);
  queue.on("error", (err) => deps.log.warn({ err, queue: address.name }, "queue"));
  return { worker, queue };
}

/** One job between BullMQ and `runProbeJob`: its outcome in BullMQ's words. */
async function workOff(
  deps: Deps,
  place: { readonly region: string; readonly queueName: string },
  job: Job<unknown, unknown>,
  token: string,
): Promise<unknown> {
  const progress = createProgress(deps, job);
  const outcome = await runProbeJob(deps, {
    ...place,
    jobId: job.id ?? "",
    data: job.data,
    onStep: progress.add,
  });
  switch (outcome.kind) {
    case "done":
      await progress.written();
      return outcome.answer;
    case "wait":
      await job.moveToDelayed(outcome.untilMs, token);
      throw new DelayedError();
    case "given-back":
      return giveBack(job, token);
    case "refused":
      throw new UnrecoverableError(outcome.reason);
  }
}

async function giveBack(job: Job<unknown, unknown>, token: string): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Steps as job progress, for who watches: always the whole list so far, one write at a time. */
function createProgress(deps: Deps, job: Job<unknown, unknown>) {
  const steps: ProbeStep[] = [];
  let writing: Promise<void> | null = null;
  const write = async () => {
    for (let sent = 0; sent < steps.length; ) {
      sent = steps.length;
      await job.updateProgress({ steps: [...steps] });
    }
  };
  return {
    add: (step: ProbeStep) => {
      steps.push(step);
      writing ??= write()
        .catch((err: unknown) => deps.log.debug({ err, jobId: job.id }, "progress not written"))
        .finally(() => {
          writing = null;
        });
    },
    written: async () => {
      await writing;
    },
  };
}

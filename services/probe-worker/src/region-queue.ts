import { everyTick } from "@alivemcp/runtime/periodic";
import { openQueue, openQueueWorker, type QueueAddress } from "@alivemcp/runtime/queues";
import type { Deps } from "./deps.ts";
import { type FetchedJob, openJobIntake } from "./job-intake.ts";
import { createJobProgress } from "./job-progress.ts";
import type { ProbeSlots } from "./probe-slots.ts";
import { runProbeJob } from "./run-probe-job.ts";

export interface RegionQueue {
  readonly name: string;
  /** Jobs by state, for operators. */
  countJobs(): Promise<Readonly<Record<string, number>>>;
  /** Takes no more jobs; resolves when every one in hand lies in the queue as finished, delayed or waiting. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface RegionQueuePlace {
  readonly region: string;
  readonly address: QueueAddress;
  /** How long finished jobs are kept. */
  readonly keptS: number;
}

/**
 * How a dead worker's jobs come back: its locks run out after 10 s, and the others look for such jobs every 4 s, so
 * they run again within 18 s, before they count as late.
 */
const LOCK_MS = 10_000;
const EXTEND_LOCKS_EVERY_MS = 3_000;
const RECOVERY = { lockDuration: LOCK_MS, stalledInterval: 4_000, maxStalledCount: 3 };
const FAILED_KEPT = { age: 3_600, count: 1_000 };

/** Works off one queue: fetches, keeps the locks of what is in hand, settles each job by its outcome. */
export function openRegionQueue(deps: Deps, slots: ProbeSlots, place: RegionQueuePlace): RegionQueue {
  const { address } = place;
  const onError = (err: unknown) => deps.log.warn({ err, queue: address.name }, "queue");
  const queue = openQueue(deps.queueConnection, address);
  queue.on("error", onError);
  const worker = openQueueWorker<unknown, unknown>(deps.queueConnection, address, null, {
    ...RECOVERY,
    autorun: false,
    removeOnComplete: { age: place.keptS },
    removeOnFail: FAILED_KEPT,
  });
  worker.on("error", onError);

  /** Lock token by job id. */
  const held = new Map<string, string>();
  let whenEmpty: (() => void) | null = null;
  const untilEmpty = () =>
    new Promise<void>((resolve) => {
      whenEmpty = resolve;
      if (held.size === 0) {
        resolve();
      }
    });
  const handle = async (fetched: FetchedJob) => {
    const { job, token } = fetched;
    const jobId = job.id ?? "";
    held.set(jobId, token);
    try {
      await (intake.isOpen ? workOff(deps, place, fetched) : job.moveToWait(token));
    } catch (err) {
      deps.log.warn({ err, jobId, queue: address.name }, "job not settled; it runs again when its lock ends");
    }
    held.delete(jobId);
    slots.give(1);
    if (held.size === 0) {
      whenEmpty?.();
    }
  };
  const intake = openJobIntake({ worker, slots, onError, onJob: (fetched) => void handle(fetched) });
  void worker.startStalledCheckTimer();
  const locks = everyTick({
    name: `locks ${address.name}`,
    everyMs: EXTEND_LOCKS_EVERY_MS,
    clock: deps.clock,
    run: async () => held.size > 0 && worker.extendJobLocks([...held.keys()], [...held.values()], LOCK_MS),
    onError,
  });
  return {
    name: address.name,
    countJobs: () => queue.getJobCounts("wait", "prioritized", "active", "delayed", "failed"),
    drain() {
      intake.stop();
      return untilEmpty();
    },
    async close() {
      // By force: an orderly close waits behind the blocking read, and nothing of ours is running any more.
      await Promise.all([worker.close(true), intake.ended]);
      await untilEmpty();
      await locks.stop();
      await queue.close();
    },
  };
}

/** One job between BullMQ and `runProbeJob`: its outcome in BullMQ's words. */
async function workOff(deps: Deps, place: RegionQueuePlace, { job, token }: FetchedJob): Promise<void> {
  const progress = createJobProgress(deps, job);
  const jobId = job.id ?? "";
  try {
    const outcome = await runProbeJob(deps, {
      jobId,
      delivery: Math.max(1, job.attemptsStarted),
      data: job.data,
      region: place.region,
      queueName: place.address.name,
      onStep: progress.add,
    });
    switch (outcome.kind) {
      case "done":
        await progress.written();
        await job.moveToCompleted(outcome.answer, token, false);
        break;
      case "wait":
        await job.moveToDelayed(outcome.untilMs, token);
        break;
      case "given-back":
        await job.moveToWait(token);
        break;
      case "refused":
        await job.moveToFailed(new Error(outcome.reason), token, false);
        break;
    }
  } catch (err) {
    deps.log.error({ err, jobId }, "job failed");
    await job.moveToFailed(err instanceof Error ? err : new Error("job failed"), token, false);
  }
}

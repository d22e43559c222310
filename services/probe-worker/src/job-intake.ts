import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "@alivemcp/runtime/queues";
import type { ProbeSlots } from "./probe-slots.ts";

/** A job with the token of the lock it was fetched under. */
export interface FetchedJob {
  readonly job: Job<unknown, unknown>;
  readonly token: string;
}

/** The part of a BullMQ worker that is used here. */
interface JobSource {
  getNextJob(token: string, options: { block: boolean }): Promise<Job<unknown, unknown> | undefined>;
}

export interface JobIntake {
  readonly isOpen: boolean;
  /** Fetches no more. A read under way may still bring a job, until `ended`. */
  stop(): void;
  /** Resolves after the last read; a blocking one ends when the worker is closed. */
  readonly ended: Promise<void>;
}

/** Jobs fetched in one go once there is one. */
const FETCHED_AT_ONCE = 32;
const RETRY_AFTER_MS = 1_000;

/**
 * Fetches jobs while there is place and hands each on at once, one place taken with it.
 *
 * BullMQ's own loop fetches as many as may run before it starts the first, and then starts one per round trip: measured
 * with 5,000 due at once, jobs waited 12 s in it. Here they are read 32 at a time on one connection.
 */
export function openJobIntake(input: {
  readonly worker: JobSource;
  readonly slots: ProbeSlots;
  readonly onJob: (fetched: FetchedJob) => void;
  readonly onError: (err: unknown) => void;
}): JobIntake {
  const { worker, slots, onJob } = input;
  const lockOwner = randomUUID();
  let fetches = 0;
  let isOpen = true;

  const fetchOne = async (block: boolean): Promise<FetchedJob | null> => {
    fetches += 1;
    const token = `${lockOwner}:${fetches}`;
    const job = await worker.getNextJob(token, { block });
    return job ? { job, token } : null;
  };
  /** False when the queue had fewer than asked for. */
  const fetchMany = async (most: number): Promise<boolean> => {
    const fetched = await Promise.allSettled(Array.from({ length: most }, () => fetchOne(false)));
    const got = fetched.flatMap((each) => (each.status === "fulfilled" && each.value ? [each.value] : []));
    slots.give(most - got.length);
    got.forEach(onJob);
    return got.length === most;
  };
  const round = async () => {
    await slots.untilFree();
    const first = isOpen ? await fetchOne(true) : null;
    if (first === null) {
      return;
    }
    slots.takeOne();
    onJob(first);
    let hasMore = true;
    while (hasMore && isOpen) {
      const taken = slots.take(FETCHED_AT_ONCE);
      hasMore = taken > 0 && (await fetchMany(taken));
    }
  };
  const loop = async () => {
    while (isOpen) {
      try {
        await round();
      } catch (err) {
        input.onError(err);
        await delay(RETRY_AFTER_MS);
      }
    }
  };
  return {
    get isOpen() {
      return isOpen;
    },
    stop() {
      isOpen = false;
      slots.wakeAll();
    },
    ended: loop(),
  };
}

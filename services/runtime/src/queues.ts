import { FINISHED_JOB_KEPT_S } from "@alivemcp/core/pipeline";
import {
  type ConnectionOptions,
  type Processor,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from "bullmq";
import { Redis } from "ioredis";

export type { Job, JobsOptions, Queue, Worker } from "bullmq";

/** Name and prefix of a queue, as `@alivemcp/core/pipeline` builds them. */
export interface QueueAddress {
  readonly name: string;
  readonly prefix: string;
}

/** Connection for BullMQ: it waits for Redis to come back instead of failing the command (BullMQ requires this of workers). */
export function openQueueConnection(
  url: string,
  options: { name: string; onError: (err: Error) => void },
): Redis {
  const redis = new Redis(url, {
    connectionName: options.name,
    protocol: 2,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  redis.on("error", options.onError);
  return redis;
}

/**
 * Opens a queue for adding and looking. Finished jobs are kept 180 s, so adding a job id twice adds nothing; failed
 * ones an hour. Several queues may share one connection.
 */
export function openQueue<Data = unknown, Result = unknown>(
  connection: Redis,
  address: QueueAddress,
  options: Partial<QueueOptions> = {},
): Queue<Data, Result> {
  return new Queue<Data, Result>(address.name, {
    connection: connection as ConnectionOptions,
    prefix: address.prefix,
    defaultJobOptions: {
      attempts: 1,
      removeOnComplete: { age: FINISHED_JOB_KEPT_S },
      removeOnFail: { age: 3_600, count: 1_000 },
    },
    ...options,
  });
}

/**
 * Opens a worker on a queue. BullMQ duplicates `connection` for its blocking read. Without a processor nothing is
 * fetched by itself: the caller uses `getNextJob`, and extends locks and looks for stalled jobs on its own.
 */
export function openQueueWorker<Data = unknown, Result = unknown>(
  connection: Redis,
  address: QueueAddress,
  processor: Processor<Data, Result> | null,
  options: Omit<WorkerOptions, "connection" | "prefix">,
): Worker<Data, Result> {
  return new Worker<Data, Result>(address.name, processor, {
    connection: connection as ConnectionOptions,
    prefix: address.prefix,
    ...options,
  });
}

/**
 * Reads the verdict streams as one consumer group, shared by any number of processes: archiver and alert-router.
 *
 * A shard is leased to one process at a time, so the entries of one endpoint are handled in order by one. A new holder
 * claims a higher fence number, then reads what its predecessor was given and never acknowledged, then what is new.
 * An entry is acknowledged after its handler resolved: it may be handled twice, never not at all.
 */
import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import type { Clock } from "./clock.ts";
import { everyTick, type PeriodicTask } from "./periodic.ts";
import { type BrokenEntry, handleBatch, type ShardEntry } from "./shard-batch.ts";
import { openConsumerMetrics } from "./shard-consumer-metrics.ts";
import { type HeldShard, openShardHoldings } from "./shard-holdings.ts";
import { ensureGroup, readShard, type StreamRow } from "./verdict-stream.ts";

const LEASE_MS = 10_000;
const POLL_MS = 200;
const BATCH_MAX = 500;
const BACKOFF_MS_MAX = 10_000;

export interface ShardConsumerDeps {
  /** A connection of its own: reads of all leased shards travel together on it. */
  readonly redis: Redis;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly onError: (err: unknown) => void;
}

export interface ShardConsumerInput {
  readonly group: string;
  /**
   * Raises and returns the fence number of (group, shard) where the handler writes. Called for every new lease, and
   * again after a failed batch; a handler that meets a higher number than its own must abort.
   */
  readonly claimFence: (shard: string) => Promise<number>;
  /** Does the work of one shard's entries, in order; rejects to have them again. One call per shard at a time. */
  readonly handle: (shard: string, fence: number, entries: readonly ShardEntry[]) => Promise<void>;
  /** Told of every entry that was set aside because it could not be parsed. */
  readonly onBroken: (shard: string, broken: BrokenEntry) => void;
  /** Most entries per call of `handle`, default 500. */
  readonly batchMax?: number;
  /** A shard that gave less than a full batch is read again after this long, default 200 ms: larger gathers more. */
  readonly gatherMs?: number;
  /** How long a silent process keeps its shards, default 10 s. */
  readonly leaseMs?: number;
}

export interface ShardConsumer extends PeriodicTask {
  /** Shards leased to this process now. */
  shards(): readonly string[];
  /** The same with their fences, for work on a shard beside its entries: deadlines, progress, trimming. */
  held(): readonly HeldShard[];
}

/** Where reading of a shard stands. A shard just taken starts with what its former holder left pending. */
interface Cursor {
  held: HeldShard;
  from: "pending" | "new";
  countMax: number;
  /** Not read before, on the monotonic clock. */
  readAt: number;
  /** Failures in a row. */
  failures: number;
  /** The batch in hand; the shard is not read meanwhile. */
  work: Promise<void> | undefined;
}

/**
 * Starts consuming; returns at once. `stop()` finishes the batches in hand, gives the leases back and resolves.
 *
 * Errors go to `onError` and are retried with backoff (0.2–10 s, the batch halved each time so that one bad entry
 * holds up as few as possible and its id shows in the message); order is kept. Redis away, restarted, emptied or
 * demoted: it reconnects and goes on, making groups again that are gone.
 */
export function startShardConsumer(deps: ShardConsumerDeps, input: ShardConsumerInput): ShardConsumer {
  const { group, leaseMs = LEASE_MS } = input;
  const cursors = new Map<string, Cursor>();
  const metrics = openConsumerMetrics(deps.metrics, group, () => holdings.all().length);
  const alarm = createAlarm();
  const holdings = openShardHoldings(deps.redis, {
    group,
    leaseMs,
    claimFence: input.claimFence,
    workOn: (shard) => cursors.get(shard)?.work,
    onTaken: alarm.ring,
    onLost: () => metrics.leasesLost.inc({ group }),
    onError: deps.onError,
  });
  const reader = createShardReader(deps, input, { holdings, metrics, onDone: alarm.ring });
  let goodReadAtMs = deps.clock.nowMs();
  let isStopping = false;

  const cursorOf = (held: HeldShard): Cursor => {
    const known = cursors.get(held.shard);
    if (known?.held === held) {
      return known;
    }
    const fresh: Cursor = {
      held,
      from: "pending",
      countMax: reader.batchMax,
      readAt: 0,
      failures: 0,
      work: undefined,
    };
    cursors.set(held.shard, fresh);
    return fresh;
  };

  const readLoop = async () => {
    while (!isStopping) {
      const idle = holdings
        .all()
        .filter(holdings.isOurs)
        .map(cursorOf)
        .filter(({ work }) => work === undefined);
      const ready = idle.filter(({ readAt }) => readAt <= performance.now());
      const outcomes = await Promise.all(ready.map(reader.read));
      if (!outcomes.includes("failed")) {
        goodReadAtMs = deps.clock.nowMs();
      }
      const nextAt = Math.min(...idle.filter(({ work }) => work === undefined).map(({ readAt }) => readAt));
      await alarm.pause(Math.min(POLL_MS, Math.max(0, nextAt - performance.now())));
    }
  };

  const leaseTask = everyTick({
    name: `${group} leases`,
    everyMs: leaseMs / 10,
    clock: deps.clock,
    run: holdings.keep,
    onError: deps.onError,
  });
  const reading = readLoop();

  return {
    name: `${group} consumer`,
    everyMs: Math.max(POLL_MS, leaseMs / 10),
    ageMs: () => Math.max(leaseTask.ageMs(), deps.clock.nowMs() - goodReadAtMs),
    shards: () => holdings.all().map(({ shard }) => shard),
    held: holdings.all,
    async stop() {
      isStopping = true;
      alarm.ring();
      await reading;
      // Leases go on being renewed while the last batches are finished.
      await Promise.all([...cursors.values()].map(({ work }) => work));
      await leaseTask.stop();
      await holdings.close();
    },
  };
}

/** Reads one shard once and, when there is something, puts the batch in hand. Failures are told and set the cursor back. */
function createShardReader(
  deps: ShardConsumerDeps,
  input: ShardConsumerInput,
  parts: {
    holdings: ReturnType<typeof openShardHoldings>;
    metrics: ReturnType<typeof openConsumerMetrics>;
    onDone: () => void;
  },
) {
  const { redis } = deps;
  const { group, batchMax = BATCH_MAX, gatherMs = POLL_MS } = input;
  const { holdings, metrics } = parts;

  const setBack = (cursor: Cursor, err: unknown, what: string) => {
    cursor.failures += 1;
    cursor.from = "pending";
    cursor.readAt = performance.now() + Math.min(BACKOFF_MS_MAX, POLL_MS * 2 ** (cursor.failures - 1));
    deps.onError(new Error(`${what} failed, time ${cursor.failures}`, { cause: err }));
  };

  const work = async (cursor: Cursor, rows: readonly StreamRow[]) => {
    const { shard, fence } = cursor.held;
    try {
      const counts = await handleBatch(redis, {
        group,
        shard,
        rows,
        handle: (entries) => input.handle(shard, fence, entries),
        onBroken: (broken) => input.onBroken(shard, broken),
      });
      metrics.count(counts);
      const isMore = cursor.from === "pending" || rows.length >= cursor.countMax;
      cursor.readAt = isMore ? 0 : performance.now() + gatherMs;
      cursor.failures = 0;
      cursor.countMax = batchMax;
    } catch (err) {
      metrics.failures.inc({ group });
      cursor.countMax = Math.max(1, Math.floor(rows.length / 2));
      setBack(
        cursor,
        err,
        `handling ${rows.length} entries of ${shard}, ${rows[0]?.id} to ${rows.at(-1)?.id},`,
      );
    } finally {
      cursor.work = undefined;
      parts.onDone();
    }
  };

  const take = async (cursor: Cursor): Promise<StreamRow[] | "not-ours"> => {
    if (cursor.failures > 0) {
      const reclaimed = await holdings.reclaim(cursor.held);
      if (reclaimed === null) {
        return "not-ours";
      }
      cursor.held = reclaimed;
    }
    const { from, countMax } = cursor;
    const { shard } = cursor.held;
    return readShard(redis, { group, shard, token: holdings.token, from, countMax });
  };

  return {
    batchMax,
    async read(cursor: Cursor): Promise<"read" | "failed"> {
      try {
        const rows = await take(cursor);
        if (rows === "not-ours") {
          cursor.from = "pending";
          cursor.readAt = performance.now() + POLL_MS;
        } else if (rows.length === 0) {
          cursor.readAt = cursor.from === "pending" ? 0 : performance.now() + POLL_MS;
          cursor.from = "new";
          cursor.failures = 0;
        } else if (holdings.isOurs(cursor.held)) {
          cursor.work = work(cursor, rows);
        } else {
          // The lease ended or is being given back: what was read stays pending for the next holder.
          cursor.from = "pending";
        }
        return "read";
      } catch (err) {
        setBack(cursor, err, `reading ${cursor.held.shard}`);
        await recover(redis, group, cursor.held.shard, err).catch(deps.onError);
        return "failed";
      }
    },
  };
}

/** After a restart without its data Redis has no group; after a failover we may talk to a replica. */
async function recover(redis: Redis, group: string, shard: string, err: unknown): Promise<void> {
  const message = err instanceof Error ? err.message : "";
  if (message.startsWith("NOGROUP")) {
    await ensureGroup(redis, group, shard);
  } else if (message.startsWith("READONLY")) {
    redis.disconnect(true);
  }
}

/** A sleep that can be cut short; ringing while nobody sleeps cuts the next one. */
function createAlarm() {
  let isRung = false;
  let wake: () => void = () => undefined;
  return {
    ring() {
      isRung = true;
      wake();
    },
    async pause(ms: number): Promise<void> {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isRung = false;
    },
  };
}

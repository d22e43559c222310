/** Reads every verdict stream beside the consumer groups and remembers the newest revision of each sealed minute. */
import { setTimeout as wait } from "node:timers/promises";
import { verdictStream } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import { Redis } from "ioredis";

const IDLE_MS = 100;
const ENTRIES_PER_READ = 1_000;

export interface SealedMinute {
  readonly endpointId: string;
  readonly minute: number;
  readonly revision: number;
}

export interface VerdictObserver {
  /** Keyed by endpoint and minute. */
  readonly sealed: ReadonlyMap<string, SealedMinute>;
  stop(): Promise<void>;
}

/** Observes until stopped; a Redis that goes away is waited for, and reading goes on after the last entry seen. */
export function observeVerdicts(redisUrl: string): VerdictObserver {
  const redis = new Redis(redisUrl, { protocol: 2, maxRetriesPerRequest: 0, retryStrategy: () => 200 });
  redis.on("error", () => {});
  const lastIds = new Map(SHARDS.map((shard) => [verdictStream(shard), "0"]));
  const sealed = new Map<string, SealedMinute>();
  let isStopped = false;

  const readAll = async () => {
    const streams = [...lastIds.keys()];
    const reply = await redis.xread("COUNT", ENTRIES_PER_READ, "STREAMS", ...streams, ...lastIds.values());
    for (const [stream, entries] of reply ?? []) {
      for (const [id, flat] of entries) {
        lastIds.set(stream, id);
        remember(sealed, flat);
      }
    }
    return reply !== null;
  };
  const loop = async () => {
    while (!isStopped) {
      const hasMore = await readAll().catch(() => false);
      if (!hasMore) {
        await wait(IDLE_MS);
      }
    }
  };
  const running = loop();
  return {
    sealed,
    async stop() {
      isStopped = true;
      await running;
      redis.disconnect();
    },
  };
}

function remember(sealed: Map<string, SealedMinute>, flat: readonly string[]): void {
  const field = (name: string) => flat[flat.indexOf(name) + 1] as string;
  if (field("k") !== "sealed" && field("k") !== "corrected") {
    return;
  }
  const entry = { endpointId: field("e"), minute: Number(field("m")), revision: Number(field("rev")) };
  const key = `${entry.endpointId} ${entry.minute}`;
  if ((sealed.get(key)?.revision ?? 0) < entry.revision) {
    sealed.set(key, entry);
  }
}

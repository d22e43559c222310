/**
 * The hash `now:{…}` of every endpoint of the catalogue, read in pipelined batches into memory: board, badges and JSON
 * are answered without a round trip, and go on with the last reading while Redis is away.
 */
import { NOW_VIEW_FIELDS, type NowView, readNowView } from "@alivemcp/core/now-view";
import { nowKey } from "@alivemcp/core/pipeline";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Redis } from "@alivemcp/runtime/redis";
import type { Catalogue } from "./catalogue.ts";

export interface LiveStates {
  refresh(): Promise<void>;
  /** From memory; null when the endpoint is younger than the last refresh, or Redis was never read. */
  known(endpointId: string): NowView | null;
  /** From memory, else from Redis; null while Redis is away. */
  find(endpointId: string): Promise<NowView | null>;
  /** Milliseconds since the last good refresh; null before the first. */
  ageMs(): number | null;
}

/** Commands sent before their replies are awaited: enough to fill a round trip, few enough to bound the memory. */
const BATCH = 500;

export function createLiveStates(deps: {
  readonly redis: Pick<Redis, "hmget">;
  readonly clock: Clock;
  readonly catalogue: Pick<Catalogue, "entries">;
}): LiveStates {
  let byId = new Map<string, NowView>();
  let refreshedAtMs: number | null = null;
  const read = async (id: string) => readNowView(await deps.redis.hmget(nowKey(id), ...NOW_VIEW_FIELDS));
  return {
    async refresh() {
      const nowMs = deps.clock.nowMs();
      const ids = Array.from(deps.catalogue.entries(), (entry) => entry.endpointId);
      const next = new Map<string, NowView>();
      for (let from = 0; from < ids.length; from += BATCH) {
        const batch = ids.slice(from, from + BATCH);
        const views = await Promise.all(batch.map(read));
        for (const [index, id] of batch.entries()) {
          next.set(id, views[index] as NowView);
        }
      }
      byId = next;
      refreshedAtMs = nowMs;
    },
    known: (endpointId) => byId.get(endpointId) ?? null,
    find: async (endpointId) => byId.get(endpointId) ?? read(endpointId).catch(() => null),
    ageMs: () => (refreshedAtMs === null ? null : deps.clock.nowMs() - refreshedAtMs),
  };
}

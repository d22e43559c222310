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

/** Commands sent before their replies are awaited: enough to fill a round trip, few enough not to hold up a reader. */
const BATCH = 250;

interface Kept {
  readonly values: readonly (string | null)[];
  readonly view: NowView;
}

export function createLiveStates(deps: {
  readonly redis: Pick<Redis, "hmget">;
  readonly clock: Clock;
  readonly catalogue: Pick<Catalogue, "entries">;
}): LiveStates {
  let byId = new Map<string, Kept>();
  let refreshedAtMs: number | null = null;
  const read = async (id: string): Promise<Kept> => {
    const values = await deps.redis.hmget(nowKey(id), ...NOW_VIEW_FIELDS);
    const kept = byId.get(id);
    // Most hashes did not change since the last reading, and parsing one costs more than comparing it.
    return kept?.values.every((value, index) => value === values[index])
      ? kept
      : { values, view: readNowView(values) };
  };
  return {
    async refresh() {
      const nowMs = deps.clock.nowMs();
      const ids = Array.from(deps.catalogue.entries(), (entry) => entry.endpointId);
      const next = new Map<string, Kept>();
      for (let from = 0; from < ids.length; from += BATCH) {
        const batch = ids.slice(from, from + BATCH);
        const kept = await Promise.all(batch.map(read));
        for (const [index, id] of batch.entries()) {
          next.set(id, kept[index] as Kept);
        }
      }
      byId = next;
      refreshedAtMs = nowMs;
    },
    known: (endpointId) => byId.get(endpointId)?.view ?? null,
    find: async (endpointId) =>
      byId.get(endpointId)?.view ??
      read(endpointId).then(
        (kept) => kept.view,
        () => null,
      ),
    ageMs: () => (refreshedAtMs === null ? null : deps.clock.nowMs() - refreshedAtMs),
  };
}

import type { Clock } from "./clock.ts";

export interface MicroCache<Value> {
  /**
   * The value of `key`, made by `make` when there is none younger than the time to live. Callers that come while it is
   * made share the one making. A failed making is not kept.
   */
  get(key: string, make: () => Promise<Value>): Promise<Value>;
}

/** A bounded cache in this process for answers that many readers ask for within seconds. Drops the oldest keys first. */
export function createMicroCache<Value>(options: {
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly entriesMax: number;
}): MicroCache<Value> {
  const entries = new Map<string, { readonly value: Promise<Value>; readonly madeAtMs: number }>();
  return {
    get(key, make) {
      const nowMs = options.clock.nowMs();
      const kept = entries.get(key);
      if (kept !== undefined && nowMs - kept.madeAtMs < options.ttlMs) {
        return kept.value;
      }
      const value = make();
      entries.delete(key);
      entries.set(key, { value, madeAtMs: nowMs });
      value.catch(() => {
        if (entries.get(key)?.value === value) {
          entries.delete(key);
        }
      });
      for (const oldest of entries.keys()) {
        if (entries.size <= options.entriesMax) {
          break;
        }
        entries.delete(oldest);
      }
      return value;
    },
  };
}

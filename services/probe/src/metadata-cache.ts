/** Remembers what the authorization metadata of an endpoint looked like: it is fetched hourly, not on every probe. */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";

export type WallOutcome = Extract<ProbeOutcome, { kind: "walled" | "wall-malformed" }>;

export interface MetadataCache {
  get(key: string, nowMs: number): WallOutcome | undefined;
  set(key: string, wall: WallOutcome, nowMs: number): void;
}

const ENTRIES_MAX = 20_000;
const GOOD_FOR_MS = 60 * 60_000;
/** A broken document is looked at again soon: its owner may just have mended it. */
const BROKEN_FOR_MS = 5 * 60_000;

/** One per process that probes; keys name the endpoint and the metadata its challenge pointed to. */
export function createMetadataCache(entriesMax = ENTRIES_MAX): MetadataCache {
  const entries = new Map<string, { readonly wall: WallOutcome; readonly untilMs: number }>();
  return {
    get: (key, nowMs) => {
      const entry = entries.get(key);
      return entry !== undefined && entry.untilMs > nowMs ? entry.wall : undefined;
    },
    set: (key, wall, nowMs) => {
      const lifeMs = wall.kind === "walled" ? GOOD_FOR_MS : BROKEN_FOR_MS;
      entries.delete(key);
      entries.set(key, { wall, untilMs: nowMs + lifeMs });
      if (entries.size > entriesMax) {
        entries.delete(entries.keys().next().value ?? "");
      }
    },
  };
}

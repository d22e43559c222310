import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { isPlanName, type RetentionClass } from "@alivemcp/core/plans";
import type { MinuteEntry } from "@alivemcp/core/verdict-entry";
import type { ShardEntry } from "@alivemcp/runtime/shard-batch";

/** A verdict-minute that fits its table. */
export interface ArchivableMinute extends MinuteEntry {
  readonly retentionClass: RetentionClass;
}

export interface RefusedEntry {
  readonly id: string;
  readonly entry: MinuteEntry;
  readonly reason: "retention_class" | "minute" | "number";
}

export interface FoldedEntries {
  /** One per (endpoint, minute): the newest revision of the batch, in stream order. */
  readonly minutes: readonly ArchivableMinute[];
  /** Well-formed entries that no row can hold; retrying cannot help, so they must not hold up the others. */
  readonly refused: readonly RefusedEntry[];
}

const DAY_MS = 86_400_000;
/** Streams hold hours; an older minute is not an archive's backlog but somebody's mistake. */
const MINUTE_AGE_MS_MAX = 30 * DAY_MS;
const CLOCK_SKEW_MS_MAX = DAY_MS;
const INTEGER_MAX = 2_147_483_647;
const COVERS_MINUTES_MAX = 1_440;

/** Keeps the newest revision of every verdict-minute; looks are the alert router's and left out. */
export function foldEntries(entries: readonly ShardEntry[], nowMs: number): FoldedEntries {
  const newest = new Map<string, ArchivableMinute>();
  const refused: RefusedEntry[] = [];
  for (const { id, entry } of entries) {
    if (entry.kind === "look") {
      continue;
    }
    const reason = refusalOf(entry, nowMs);
    if (reason !== null) {
      refused.push({ id, entry, reason });
      continue;
    }
    const key = `${entry.endpointId}:${entry.minute}`;
    if (entry.revision > (newest.get(key)?.revision ?? 0)) {
      newest.set(key, entry as ArchivableMinute);
    }
  }
  return { minutes: [...newest.values()], refused };
}

function refusalOf(entry: MinuteEntry, nowMs: number): RefusedEntry["reason"] | null {
  const minuteAtMs = entry.minute * MINUTE_MS;
  if (!isPlanName(entry.retentionClass)) {
    return "retention_class";
  }
  if (minuteAtMs < nowMs - MINUTE_AGE_MS_MAX || minuteAtMs > nowMs + CLOCK_SKEW_MS_MAX) {
    return "minute";
  }
  const doFit =
    entry.revision <= INTEGER_MAX &&
    (entry.latencyMs ?? 0) <= INTEGER_MAX &&
    entry.coversMinutes <= COVERS_MINUTES_MAX;
  return doFit ? null : "number";
}

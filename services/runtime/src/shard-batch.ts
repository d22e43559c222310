import { parseVerdictEntry, type VerdictEntry } from "@alivemcp/core/verdict-entry";
import type { Redis } from "ioredis";
import { acknowledge, type StreamRow, setAside } from "./verdict-stream.ts";

export interface ShardEntry {
  /** Id in the stream; its first half is the epoch millisecond of writing, by Redis's clock. */
  readonly id: string;
  readonly entry: VerdictEntry;
}

/** An entry that could not be parsed: an unknown version or a broken field. */
export interface BrokenEntry {
  readonly id: string;
  readonly error: string;
}

export interface BatchCounts {
  readonly handled: number;
  readonly broken: number;
  /** Deleted from the stream before this group acknowledged them; nothing of ours does that. */
  readonly lost: number;
}

/**
 * Handles one batch: what cannot be parsed is set aside, the rest goes to `handle` in stream order, and only after
 * that resolved is everything acknowledged. Whatever throws leaves the whole batch to be read again.
 */
export async function handleBatch(
  redis: Redis,
  input: {
    group: string;
    shard: string;
    rows: readonly StreamRow[];
    handle: (entries: readonly ShardEntry[]) => Promise<void>;
    onBroken: (broken: BrokenEntry) => void;
  },
): Promise<BatchCounts> {
  const { group, shard, rows } = input;
  const entries: ShardEntry[] = [];
  let broken = 0;
  for (const row of rows) {
    const parsed = parseRow(row);
    if (parsed.kind === "entry") {
      entries.push({ id: row.id, entry: parsed.entry });
    } else if (parsed.kind === "broken") {
      broken += 1;
      await setAside(redis, { group, shard, row, error: parsed.error });
      input.onBroken({ id: row.id, error: parsed.error });
    }
  }
  if (entries.length > 0) {
    await input.handle(entries);
  }
  await acknowledge(redis, { group, shard, ids: rows.map(({ id }) => id) });
  return { handled: entries.length, broken, lost: rows.length - entries.length - broken };
}

type Parsed =
  | { readonly kind: "entry"; readonly entry: VerdictEntry }
  | { readonly kind: "broken"; readonly error: string }
  | { readonly kind: "lost" };

function parseRow({ fields }: StreamRow): Parsed {
  if (fields === null) {
    return { kind: "lost" };
  }
  try {
    return { kind: "entry", entry: parseVerdictEntry(fields) };
  } catch (err) {
    return { kind: "broken", error: err instanceof Error ? err.message : String(err) };
  }
}

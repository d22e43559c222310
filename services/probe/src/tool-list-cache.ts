/**
 * What is known of a tool list by the SHA-256 of the bytes it came in. An unchanged list is recognised before it is
 * parsed; canonicalising costs thirty times as much.
 */
export interface KnownToolList {
  readonly toolsCount: number;
  readonly contractHash: string;
  readonly fullHash: string;
  /** Names of tools that official clients refuse. */
  readonly invalidTools: readonly string[];
  readonly lints: readonly string[];
  /** Whether a `health_check` without required arguments is listed. */
  readonly hasHealthCheck: boolean;
}

export interface ToolListCache {
  get(rawHash: string): KnownToolList | undefined;
  set(rawHash: string, list: KnownToolList): void;
}

const ENTRIES_MAX = 20_000;

/** Keeps the lists used last, up to 20,000 (some 10 MB). */
export function createToolListCache(entriesMax = ENTRIES_MAX): ToolListCache {
  const entries = new Map<string, KnownToolList>();
  return {
    get: (rawHash) => {
      const found = entries.get(rawHash);
      if (found !== undefined) {
        entries.delete(rawHash);
        entries.set(rawHash, found);
      }
      return found;
    },
    set: (rawHash, list) => {
      entries.set(rawHash, list);
      if (entries.size > entriesMax) {
        entries.delete(entries.keys().next().value ?? "");
      }
    },
  };
}

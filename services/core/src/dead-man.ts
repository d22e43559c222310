/**
 * Whether the router may tell an outside watcher that it is alive. It must not say so merely because its process runs:
 * the watcher is there for the night in which everything looks fine and no page goes out.
 */
export interface DeadManFacts {
  /** Shards of the stream that some router holds, and how many there are. */
  readonly shardsHeld: number;
  readonly shards: number;
  /** Since the stream was last read to its end or an entry was handled, in this process. */
  readonly sinceStreamReadMs: number;
  /** How long the oldest delivery waits that is due. */
  readonly oldestDueMs: number;
  /** Whether Postgres took a write within this round. */
  readonly canWrite: boolean;
}

export const STREAM_READ_MS_MAX = 60_000;
/** Over this nobody can say that pages go out. */
export const OLDEST_DUE_MS_MAX = 5 * 60_000;

export type DeadManReason =
  | "working"
  | "cannot_write"
  | "shards_not_held"
  | "stream_not_read"
  | "deliveries_stuck";

export interface DeadManDecision {
  readonly beats: boolean;
  readonly reason: DeadManReason;
}

/** Decides whether this minute's heartbeat goes out. */
export function decideHeartbeat(facts: DeadManFacts): DeadManDecision {
  const silent = (reason: DeadManReason): DeadManDecision => ({ beats: false, reason });
  if (!facts.canWrite) {
    return silent("cannot_write");
  }
  if (facts.shardsHeld < facts.shards) {
    return silent("shards_not_held");
  }
  if (facts.sinceStreamReadMs > STREAM_READ_MS_MAX) {
    return silent("stream_not_read");
  }
  return facts.oldestDueMs > OLDEST_DUE_MS_MAX
    ? silent("deliveries_stuck")
    : { beats: true, reason: "working" };
}

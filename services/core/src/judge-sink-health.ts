/** When a sink is given up: its owner is told through another, and nothing more is sent there until it is proven anew. */

/** Words of `sink.disabled_reason`. */
export const SINK_DISABLED_REASONS = ["refused_for_good", "failing_for_days", "recheck_refused"] as const;
export type SinkDisabledReason = (typeof SINK_DISABLED_REASONS)[number];

/**
 * Without one success for so long a sink is dead, however politely it fails. Standard Webhooks asks to notify the owner
 * and to disable after long failure; five days is what Svix does (https://docs.svix.com/retries, November 2026): a long
 * weekend is not yet a farewell.
 */
export const FAILING_MS_MAX = 5 * 24 * 3_600_000;
/** A sink that is asked twice a week has not been tried enough in five days. */
export const FAILURES_IN_A_ROW_MIN = 10;

export type SinkHealth =
  | {
      readonly kind: "keep";
      readonly reason: "accepts" | "fails_briefly" | "fails_rarely" | "message_refused";
    }
  | { readonly kind: "disable"; readonly reason: SinkDisabledReason };

/** Judges a sink by one outcome and what went before. A refused message alone (`invalid_payload`) is our fault, not its. */
export function judgeSinkHealth(
  tried: {
    readonly outcome: "sent" | "retryable" | "permanent";
    readonly isSinkDead: boolean;
    /** It was only asked, silently, whether it is still there. */
    readonly isRecheck: boolean;
    /** This one included. */
    readonly failuresInARow: number;
    /** First failure after the last success; null: this is it, or there is none. */
    readonly failingSinceMs: number | null;
  },
  nowMs: number,
): SinkHealth {
  if (tried.outcome === "sent") {
    return { kind: "keep", reason: "accepts" };
  }
  if (tried.outcome === "permanent") {
    return tried.isSinkDead
      ? { kind: "disable", reason: tried.isRecheck ? "recheck_refused" : "refused_for_good" }
      : { kind: "keep", reason: "message_refused" };
  }
  if (tried.failingSinceMs === null || nowMs - tried.failingSinceMs < FAILING_MS_MAX) {
    return { kind: "keep", reason: "fails_briefly" };
  }
  return tried.failuresInARow < FAILURES_IN_A_ROW_MIN
    ? { kind: "keep", reason: "fails_rarely" }
    : { kind: "disable", reason: "failing_for_days" };
}

/** What the endpoint state machine answers: the next state, what is to be done about it, and why. */
import type { EndpointState } from "./endpoint-state.ts";
import type { MinuteOutcome } from "./endpoint-state-minutes.ts";
import type { CommittedState, FailureReason } from "./states.ts";

/** Logged, counted, and for commits and marks shown on the page: part of the contract, not a debug string. */
export type DecisionReason =
  | CommitReason
  | MarkReason
  | MinuteOutcome
  /** A result that disagrees with the committed state: every region is asked again. */
  | "confirmation-opened"
  | "look-1-asked"
  | "look-2-asked"
  | "vote-counted"
  | "agrees"
  /** Enough regions answered in a look, and it is not so. */
  | "not-confirmed"
  /** Too few regions answered in a look to know. */
  | "too-few-answers"
  /** We were away when look 2 was due; the next disagreeing result begins anew. */
  | "look-2-missed"
  /** Over the looks per second of an unclaimed endpoint's domain: it waits for its next slot. */
  | "looks-refused"
  /** Why a disagreeing result opened nothing. */
  | "region-muted"
  | "confirmations-exhausted"
  | "result-too-old"
  | "late-look"
  | "confirmation-repeated"
  /** Why a result said nothing. */
  | "unknown-vote"
  | "result-seen-before"
  | "region-not-eligible"
  | "no-region-eligible"
  | "nothing-due"
  | "resumed";

export type CommitReason = "first-result" | "down-confirmed" | "recovery-confirmed";

export type MarkReason =
  | `${"degraded" | "flapping" | "error-rate" | "latency" | "regional"}-${"raised" | "cleared"}`
  | "access-changed"
  /** The first telling minute showed a login wall: nothing changed, we did not know. */
  | "access-known";

export type EndpointAction =
  /**
   * Read what Redis knows of the opening: the minute's votes so far, and which regions' copies of `jobId` are
   * unfinished. Answered with a `gathered` event, after `set-confirming` has been done.
   */
  | { readonly kind: "gather"; readonly minute: number; readonly jobId: string }
  | {
      readonly kind: "probe-now";
      /** With `n` and the endpoint the id of the jobs: asking twice adds nothing. */
      readonly confirmation: number;
      readonly n: 1 | 2;
      readonly regions: readonly string[];
      readonly notBeforeMs: number;
      /** Epoch minute the results belong to. */
      readonly minute: number;
    }
  | {
      readonly kind: "set-confirming";
      readonly confirmation: number;
      readonly look1Minute: number;
      readonly look2Minute: number;
    }
  | { readonly kind: "clear-confirming" }
  /** No look of that minute is outstanding any more: seal it if its slots are complete. */
  | { readonly kind: "seal-minute"; readonly minute: number }
  | {
      readonly kind: "commit";
      readonly from: CommittedState;
      readonly to: CommittedState;
      /** Start of the new span: of `down`, the first failing probe. */
      readonly sinceAtMs: number;
      readonly decidedAtMs: number;
      readonly reason: CommitReason;
      readonly failureReason: FailureReason | null;
      /** Null for the first result, which needs no looks. */
      readonly confirmation: number | null;
      /** Regions that said so, sorted. */
      readonly regions: readonly string[];
    }
  | {
      readonly kind: "mark";
      readonly mark: string;
      readonly isRaised: boolean;
      readonly atMs: number;
      readonly reason: MarkReason;
      readonly failureReason: FailureReason | null;
    };

export interface EndpointDecision {
  readonly next: EndpointState;
  readonly actions: readonly EndpointAction[];
  readonly reason: DecisionReason;
}

/** Carries a decision on: `follow` sees the state reached so far, its actions are appended, its reason wins unless nothing was due. */
export function andThen(
  decision: EndpointDecision,
  follow: (state: EndpointState) => EndpointDecision,
): EndpointDecision {
  const followed = follow(decision.next);
  return {
    next: followed.next,
    actions: [...decision.actions, ...followed.actions],
    reason: followed.reason === "nothing-due" ? decision.reason : followed.reason,
  };
}

/** What the endpoint state machine is told: results and minutes of the stream in order, and the passing of time. */
import type { Vote } from "./packed-vote.ts";
import type { FailureReason, ProbeState } from "./states.ts";

export interface ResultEvent {
  readonly kind: "result";
  readonly region: string;
  readonly vote: Vote;
  /** Epoch minute it belongs to. */
  readonly minute: number;
  readonly jobId: string;
  readonly look: { readonly confirmation: number; readonly n: 1 | 2 } | null;
  /** When it was written to the stream. */
  readonly writtenAtMs: number;
}

export interface MinuteEvent {
  readonly kind: "minute";
  readonly endpointId: string;
  readonly minute: number;
  readonly revision: number;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly latencyMs: number | null;
  readonly votes: Readonly<Record<string, Vote>>;
  readonly writtenAtMs: number;
}

/** The answer to a `gather` action. */
export interface GatheredEvent {
  readonly kind: "gathered";
  readonly votes: Readonly<Record<string, Vote>>;
  readonly inFlightRegions: readonly string[];
}

export type EndpointEvent =
  | ResultEvent
  /** A sealed or corrected verdict-minute. */
  | MinuteEvent
  | GatheredEvent
  /** Time has passed; everything of the stream written before `progressMs` has been seen. */
  | { readonly kind: "deadline"; readonly progressMs: number }
  /** A new holder of the shard took over, or what was to be done failed half-way. */
  | { readonly kind: "resume" }
  /** The looks just decided may not be asked now. */
  | { readonly kind: "looks-refused" };

import type { SendOutcomeKind, SinkKind, SinkState } from "@alivemcp/core/sink-kind";

/** A sink as its tenant sees it; nothing that opens it. */
export interface SinkLine {
  readonly id: string;
  readonly kind: SinkKind;
  readonly name: string;
  /** "#alerts", "hooks.slack.com …a1b2". */
  readonly shown: string;
  readonly state: SinkState;
  readonly isDefault: boolean;
  readonly failuresInARow: number;
  readonly disabledReason: string | null;
  /** Null: nothing was ever sent there. */
  readonly lastAttemptAtMs: number | null;
  readonly lastOutcome: SendOutcomeKind | null;
  readonly lastAnswer: string | null;
}

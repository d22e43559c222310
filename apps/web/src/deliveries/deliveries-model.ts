import type { AlertEvent } from "@alivemcp/core/alert-event";
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import type { DeliveryState } from "@alivemcp/core/delivery-state";
import type { SendOutcomeKind } from "@alivemcp/core/sink-kind";

/** One try to send a message, and what came of it. */
export interface AttemptLine {
  readonly n: number;
  readonly atMs: number;
  readonly outcome: SendOutcomeKind;
  readonly reason: string | null;
  /** HTTP or SMTP; null when nothing answered. */
  readonly status: number | null;
  readonly answer: string | null;
  readonly durationMs: number;
  readonly retryAtMs: number | null;
}

/** One message to one sink, as the log shows it. */
export interface DeliveryLine {
  readonly id: string;
  readonly event: AlertEvent;
  readonly severity: AlertSeverity | null;
  readonly title: string;
  readonly isTest: boolean;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly createdAtMs: number;
  /** Of a pending one: when it is tried next, and when it is given up. */
  readonly dueAtMs: number;
  readonly deadlineAtMs: number;
  readonly settledAtMs: number | null;
  readonly isResend: boolean;
  readonly sink: { readonly id: string; readonly name: string; readonly kind: string };
  readonly endpoint: { readonly slug: string; readonly name: string } | null;
  readonly incidentId: string | null;
  /** How often it was tried, and what the receiver answered last. */
  readonly tries: number;
  readonly lastStatus: number | null;
  readonly lastAnswer: string | null;
  /** Every try; empty in lists. */
  readonly attempts: readonly AttemptLine[];
}

/** Filters of the log; null: any. */
export interface DeliveriesQuery {
  readonly state: DeliveryState | null;
  readonly sinkId: string | null;
  /** Slug. */
  readonly endpoint: string | null;
}

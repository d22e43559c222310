/**
 * How many alerts a plan sends in a UTC day. An alert is one thing worth telling, however many sinks hear of it.
 *
 * What is over the budget folds into an hourly digest. The first page of a P1 incident is sent all the same, up to the
 * budget once more: who is over the budget is in trouble, and silence about one more outage is the worst answer. Beyond
 * that a digest goes out at once that names it, instead of at the end of the hour: bounded, and still never silent.
 */
import type { AlertEvent } from "./alert-event.ts";
import type { AlertSeverity, IncidentSeverity } from "./alert-severity.ts";

export interface BudgetPolicy {
  /** `alertsPerDayMax` of the plan. */
  readonly alertsPerDayMax: number;
}

/** First pages of P1 incidents go out until this many times the budget was sent. */
export const FIRST_PAGES_FACTOR = 2;

export interface BudgetedAlert {
  readonly event: AlertEvent;
  readonly severity: AlertSeverity | null;
  /** What the tenant was last told of this incident; null: nothing, or it belongs to none. */
  readonly toldSeverity: IncidentSeverity | null;
}

export type BudgetReason =
  | "within_budget"
  /** Tests, proofs, digests and notices about alerting cost nothing. */
  | "costs_nothing"
  /** Its opening was counted: who was told of trouble is told of its end. */
  | "told_before"
  | "first_page_over_budget"
  | "over_budget"
  | "far_over_budget"
  /** Its opening lies in a digest: so does its end. */
  | "opening_was_folded";

export type BudgetDecision =
  | { readonly kind: "send"; readonly isCounted: boolean; readonly reason: BudgetReason }
  | {
      readonly kind: "fold";
      readonly reason: BudgetReason;
      /** A page is among what is folded: the digest does not wait for the end of the hour. */
      readonly isUrgent: boolean;
    };

/** Decides whether one alert is sent. `countedToday`: alerts of this UTC day that were sent and counted. */
export function decideBudget(
  alert: BudgetedAlert,
  countedToday: number,
  policy: BudgetPolicy,
): BudgetDecision {
  if (COSTS_NOTHING.has(alert.event)) {
    return { kind: "send", isCounted: false, reason: "costs_nothing" };
  }
  if (alert.event === "incident.resolved" || alert.event === "incident.acknowledged") {
    return alert.toldSeverity !== null
      ? { kind: "send", isCounted: false, reason: "told_before" }
      : { kind: "fold", isUrgent: false, reason: "opening_was_folded" };
  }
  if (countedToday < policy.alertsPerDayMax) {
    return { kind: "send", isCounted: true, reason: "within_budget" };
  }
  const isFirstPage = alert.severity === "P1" && alert.toldSeverity !== "P1";
  if (!isFirstPage) {
    return { kind: "fold", isUrgent: false, reason: "over_budget" };
  }
  return countedToday < policy.alertsPerDayMax * FIRST_PAGES_FACTOR
    ? { kind: "send", isCounted: true, reason: "first_page_over_budget" }
    : { kind: "fold", isUrgent: true, reason: "far_over_budget" };
}

const COSTS_NOTHING: ReadonlySet<AlertEvent> = new Set(["test", "verification", "digest", "notice"]);

const DAY_MS = 24 * 3_600_000;

/** When the UTC day began whose alerts are counted. */
export const budgetDayStartMs = (nowMs: number): number => nowMs - (nowMs % DAY_MS);

/** How long a message is worth delivering, and what is done when it does not arrive. */
import type { AlertEvent } from "./alert-event.ts";
import type { AlertSeverity } from "./alert-severity.ts";
import type { SinkKind } from "./sink-kind.ts";

/**
 * `page`: for a person, now; stale after an hour. `webhook`: for a program, which wants to miss nothing. `digest`: for a
 * person, some time today. `trial`: a test or a proof, somebody sits in front of it and waits.
 */
export type DeliveryPace = "page" | "webhook" | "digest" | "trial";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** From the making of the row to giving it up. A trial lives as long as the code it carries. */
export const DELIVERY_LIFE_MS: Readonly<Record<DeliveryPace, number>> = {
  page: HOUR_MS,
  webhook: 24 * HOUR_MS,
  digest: 24 * HOUR_MS,
  trial: 15 * MINUTE_MS,
};

/** A page that nobody accepted for so long goes to the tenant's other sinks as well. */
export const ESCALATE_AFTER_MS = 10 * MINUTE_MS;

export function paceOf(event: AlertEvent, kind: SinkKind): DeliveryPace {
  if (event === "test" || event === "verification") {
    return "trial";
  }
  if (kind === "webhook") {
    return "webhook";
  }
  return event === "digest" ? "digest" : "page";
}

/** When a message made at `createdAtMs` is given up. */
export const deadlineAtMsOf = (event: AlertEvent, kind: SinkKind, createdAtMs: number): number =>
  createdAtMs + DELIVERY_LIFE_MS[paceOf(event, kind)];

/** Whether a message wakes somebody: a new incident, or one that became worse. What follows is not worth a detour. */
export const isPage = (event: AlertEvent, severity: AlertSeverity | null): boolean =>
  event === "incident.opened" || (event === "incident.updated" && severity === "P1");

export type EscalationReason =
  | "undelivered_10_min"
  /** The sink refused it for good: waiting for the ten minutes would help nobody. */
  | "refused_for_good"
  | "not_a_page"
  | "already_escalated"
  | "settled"
  | "still_young";

export interface DeliveryEscalation {
  readonly isDue: boolean;
  /** When to look again; null: never. */
  readonly lookAgainAtMs: number | null;
  readonly reason: EscalationReason;
}

/**
 * Says whether a page goes to the tenant's other verified sinks too. At most once per message: what was escalated is not
 * escalated from there.
 */
export function decideDeliveryEscalation(
  message: {
    readonly event: AlertEvent;
    readonly severity: AlertSeverity | null;
    readonly state: "pending" | "sent" | "failed" | "folded" | "cancelled";
    readonly createdAtMs: number;
    readonly escalatedAtMs: number | null;
    /** It is itself the detour of another. */
    readonly isDetour: boolean;
  },
  nowMs: number,
): DeliveryEscalation {
  const never = (reason: EscalationReason) => ({ isDue: false, lookAgainAtMs: null, reason });
  if (!isPage(message.event, message.severity)) {
    return never("not_a_page");
  }
  if (message.escalatedAtMs !== null || message.isDetour) {
    return never("already_escalated");
  }
  if (message.state === "failed") {
    return { isDue: true, lookAgainAtMs: null, reason: "refused_for_good" };
  }
  if (message.state !== "pending") {
    return never("settled");
  }
  const dueAtMs = message.createdAtMs + ESCALATE_AFTER_MS;
  return nowMs >= dueAtMs
    ? { isDue: true, lookAgainAtMs: null, reason: "undelivered_10_min" }
    : { isDue: false, lookAgainAtMs: dueAtMs, reason: "still_young" };
}

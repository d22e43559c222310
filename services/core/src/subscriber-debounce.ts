/**
 * What the subscribers of a public page hear of an incident, and when. They are no on-call: a short outage is none of
 * their business, a long one is told calmly, and who was told of trouble is always told of its end.
 */
const MINUTE_MS = 60_000;

export interface SubscriberPolicy {
  /** An incident is told of when it is still open after so long. */
  readonly openedAfterMs: number;
  /** Of one incident at most one message in so long, besides its end. */
  readonly everyMs: number;
}

export const SUBSCRIBER_POLICY: SubscriberPolicy = { openedAfterMs: 5 * MINUTE_MS, everyMs: 15 * MINUTE_MS };

/** What one subscriber was told of one incident; null: nothing yet. */
export interface SubscriberTold {
  readonly lastAtMs: number;
  /** Updates of the owner, and changes of what is the matter, that were told. */
  readonly updates: number;
  readonly isResolved: boolean;
}

export interface PublicIncident {
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  /** Updates so far; only ever more. */
  readonly updates: number;
}

export type SubscriberReason =
  | "still_open"
  | "updated"
  | "resolved"
  | "too_young"
  | "told_a_moment_ago"
  | "nothing_new"
  | "over_before_told"
  | "subscribed_after_it"
  | "told_to_the_end";

export type SubscriberDecision =
  | {
      readonly kind: "send";
      readonly message: "opened" | "updated" | "resolved";
      readonly reason: SubscriberReason;
    }
  | { readonly kind: "wait"; readonly untilMs: number; readonly reason: SubscriberReason }
  | { readonly kind: "nothing"; readonly reason: SubscriberReason };

/**
 * Decides for one subscriber and one incident. Asking again after recording what was sent sends nothing twice; updates
 * that came in between are told of in one message, the latest. Who subscribes during an incident hears of it at once,
 * who does so after its end does not.
 */
export function decideSubscriberMessage(
  told: SubscriberTold | null,
  incident: PublicIncident,
  subscribedAtMs: number,
  nowMs: number,
  policy: SubscriberPolicy = SUBSCRIBER_POLICY,
): SubscriberDecision {
  if (told?.isResolved) {
    return { kind: "nothing", reason: "told_to_the_end" };
  }
  if (incident.resolvedAtMs !== null) {
    if (told !== null) {
      return { kind: "send", message: "resolved", reason: "resolved" };
    }
    return {
      kind: "nothing",
      reason: subscribedAtMs > incident.resolvedAtMs ? "subscribed_after_it" : "over_before_told",
    };
  }
  if (told === null) {
    const untilMs = incident.openedAtMs + policy.openedAfterMs;
    return nowMs < untilMs
      ? { kind: "wait", untilMs, reason: "too_young" }
      : { kind: "send", message: "opened", reason: "still_open" };
  }
  if (incident.updates <= told.updates) {
    return { kind: "nothing", reason: "nothing_new" };
  }
  const untilMs = told.lastAtMs + policy.everyMs;
  return nowMs < untilMs
    ? { kind: "wait", untilMs, reason: "told_a_moment_ago" }
    : { kind: "send", message: "updated", reason: "updated" };
}

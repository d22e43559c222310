import type { AlertEvent } from "@alivemcp/core/alert-event";
import { reasonSentence } from "@alivemcp/core/alert-words";
import type { DeliveryState } from "@alivemcp/core/delivery-state";
import type { SendOutcomeKind } from "@alivemcp/core/sink-kind";
import type { PublicState } from "@alivemcp/core/states";

/** What a message was about, as a person would say it. */
export const EVENT_WORDS: Readonly<Record<AlertEvent, string>> = {
  "incident.opened": "incident opened",
  "incident.updated": "incident changed",
  "incident.acknowledged": "incident acknowledged",
  "incident.resolved": "incident resolved",
  "drift.detected": "tools changed",
  "credential.expiring": "credential runs out",
  "certificate.expiring": "certificate runs out",
  digest: "digest",
  test: "test message",
  verification: "verification",
  notice: "notice",
};

export const DELIVERY_STATE_WORDS: Readonly<Record<DeliveryState, string>> = {
  pending: "on its way",
  sent: "delivered",
  failed: "given up",
  folded: "in a digest",
  cancelled: "not sent",
};

/** Which of the four marks of the dashboard a delivery wears. */
export const DELIVERY_MARKS: Readonly<Record<DeliveryState, PublicState>> = {
  pending: "degraded",
  sent: "live",
  failed: "down",
  folded: "unknown",
  cancelled: "unknown",
};

export const OUTCOME_WORDS: Readonly<Record<SendOutcomeKind, string>> = {
  sent: "accepted",
  retryable: "not now",
  permanent: "refused",
};

/** A reason from a list of ours as words: `rate_limited` and `rate-limited` are "rate limited". */
export const reasonWords = (reason: string): string => reason.replaceAll(/[_-]/g, " ");

/** The sentence of a reason; one of a newer version is shown as its words. */
export const reasonText = (reason: string): string => reasonSentence(reason) ?? `${reasonWords(reason)}.`;

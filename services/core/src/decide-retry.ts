/** The retry stage: what becomes of a delivery after one try to send it, or after a try that was not even made. */
import type { DeliveryPace } from "./delivery-promise.ts";

/** What a sink said, without its words; `held`: the try was not made, so that it cost the receiver nothing. */
export type TriedOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "retryable"; readonly retryAfterMs: number | null }
  | { readonly kind: "permanent"; readonly isSinkDead: boolean }
  | {
      readonly kind: "held";
      /** `breaker_open`: its receiver fails just now. `rate_limit`: it is not its turn. */
      readonly by: "breaker_open" | "rate_limit";
      readonly untilMs: number;
    };

export interface TriedDelivery {
  readonly pace: DeliveryPace;
  /** Tries made, this one included; a held one is none. */
  readonly attempts: number;
  readonly deadlineAtMs: number;
}

export type RetryReason =
  | "accepted"
  | "backoff"
  /** The receiver named the time. */
  | "retry_after"
  | "breaker_open"
  | "rate_limit"
  /** The ordinary delay would have passed the deadline: one try is made just before it. */
  | "last_try"
  | "deadline"
  /** The receiver asked to wait for longer than the message is worth. */
  | "retry_after_past_deadline"
  | "refused"
  | "sink_dead";

export type RetryDecision =
  | { readonly kind: "sent"; readonly reason: "accepted" }
  | {
      readonly kind: "retry";
      readonly reason: Extract<
        RetryReason,
        "backoff" | "retry_after" | "breaker_open" | "rate_limit" | "last_try"
      >;
      readonly atMs: number;
    }
  | {
      readonly kind: "fail";
      readonly reason: Extract<
        RetryReason,
        "deadline" | "retry_after_past_deadline" | "refused" | "sink_dead"
      >;
      /** The sink is no good any more: it is disabled and its owner told through another. */
      readonly disablesSink: boolean;
    };

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A try takes up to 15 s and may wait for its turn: the last one starts this long before the deadline. */
export const LAST_TRY_BEFORE_MS = 30 * SECOND_MS;
/** Nothing is tried again sooner. */
const DELAY_MS_MIN = SECOND_MS;

/**
 * Standard Webhooks 1.0.0, "Deliverability and reliability": 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h after
 * the try before. Only what fits into the message's life is used: seven tries within 24 h, one of them at its end.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
const WEBHOOK_DELAYS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
];
const WEBHOOK_JITTER_RATIO = 0.1;

/** Full jitter: anywhere below a ceiling that doubles, the first time below 10 s and so 5 s on average. */
const CEILING_MS_FIRST = 10 * SECOND_MS;
const CEILING_MS_MAX: Readonly<Record<Exclude<DeliveryPace, "webhook">, number>> = {
  page: 10 * MINUTE_MS,
  digest: HOUR_MS,
  trial: MINUTE_MS,
};

/**
 * Decides what follows one try. `dice` is in [0, 1).
 *
 * Guarantees: nothing is tried at or after the deadline; `retryAfterMs` is never undercut; while the deadline leaves room
 * there is always one more try; a held try spends no attempt and cannot fail the message before its deadline.
 */
export function decideRetry(
  outcome: TriedOutcome,
  delivery: TriedDelivery,
  nowMs: number,
  dice: number,
): RetryDecision {
  switch (outcome.kind) {
    case "sent":
      return { kind: "sent", reason: "accepted" };
    case "permanent":
      return outcome.isSinkDead
        ? { kind: "fail", reason: "sink_dead", disablesSink: true }
        : { kind: "fail", reason: "refused", disablesSink: false };
    case "held":
      return heldUntil(outcome, delivery, nowMs, dice);
    case "retryable":
      return tryAgain(outcome.retryAfterMs, delivery, nowMs, dice);
  }
}

function heldUntil(
  { by, untilMs }: Extract<TriedOutcome, { kind: "held" }>,
  { deadlineAtMs }: TriedDelivery,
  nowMs: number,
  dice: number,
): RetryDecision {
  if (nowMs >= deadlineAtMs) {
    return { kind: "fail", reason: "deadline", disablesSink: false };
  }
  // Everybody who waits for the same breaker would otherwise knock in the same millisecond.
  const wantedAtMs = Math.max(untilMs, nowMs + DELAY_MS_MIN) + dice * DELAY_MS_MIN;
  // The row is looked at once more at its very end, to be marked failed rather than forgotten.
  return { kind: "retry", reason: by, atMs: Math.min(Math.round(wantedAtMs), deadlineAtMs - 1) };
}

function tryAgain(
  retryAfterMs: number | null,
  { pace, attempts, deadlineAtMs }: TriedDelivery,
  nowMs: number,
  dice: number,
): RetryDecision {
  const lastTryAtMs = deadlineAtMs - LAST_TRY_BEFORE_MS;
  if (nowMs >= lastTryAtMs) {
    return { kind: "fail", reason: "deadline", disablesSink: false };
  }
  if (retryAfterMs !== null && nowMs + retryAfterMs > lastTryAtMs) {
    return { kind: "fail", reason: "retry_after_past_deadline", disablesSink: false };
  }
  const oursMs = Math.round(
    pace === "webhook" ? webhookDelayMs(attempts, dice) : jitterMs(pace, attempts, dice),
  );
  if (retryAfterMs !== null && retryAfterMs >= oursMs) {
    return { kind: "retry", reason: "retry_after", atMs: nowMs + Math.ceil(retryAfterMs) };
  }
  return nowMs + oursMs <= lastTryAtMs
    ? { kind: "retry", reason: "backoff", atMs: nowMs + oursMs }
    : { kind: "retry", reason: "last_try", atMs: lastTryAtMs };
}

const jitterMs = (pace: keyof typeof CEILING_MS_MAX, attempts: number, dice: number): number =>
  Math.max(DELAY_MS_MIN, dice * Math.min(CEILING_MS_MAX[pace], CEILING_MS_FIRST * 2 ** (attempts - 1)));

function webhookDelayMs(attempts: number, dice: number): number {
  const delayMs = WEBHOOK_DELAYS_MS[attempts - 1] ?? Number.MAX_SAFE_INTEGER;
  return delayMs * (1 + WEBHOOK_JITTER_RATIO * dice);
}

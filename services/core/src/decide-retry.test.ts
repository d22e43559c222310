import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideRetry, LAST_TRY_BEFORE_MS, type TriedDelivery, type TriedOutcome } from "./decide-retry.ts";
import { DELIVERY_LIFE_MS, type DeliveryPace } from "./delivery-promise.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const t0 = Date.UTC(2026, 10, 21, 3);

const made = (pace: DeliveryPace, attempts: number): TriedDelivery => ({
  pace,
  attempts,
  deadlineAtMs: t0 + DELIVERY_LIFE_MS[pace],
});
const failed = (retryAfterMs: number | null = null): TriedOutcome => ({ kind: "retryable", retryAfterMs });
const page = (attempts: number) => made("page", attempts);

interface Row {
  readonly name: string;
  readonly outcome: TriedOutcome;
  readonly delivery: TriedDelivery;
  readonly afterMs?: number;
  readonly dice?: number;
  readonly expected: Record<string, unknown>;
}

const rows: readonly Row[] = [
  {
    name: "accepted is sent",
    outcome: { kind: "sent" },
    delivery: page(1),
    expected: { kind: "sent", reason: "accepted" },
  },
  {
    name: "accepted after the deadline is sent all the same",
    outcome: { kind: "sent" },
    delivery: page(9),
    afterMs: 2 * HOUR_MS,
    expected: { kind: "sent", reason: "accepted" },
  },
  {
    name: "a refused message fails at once and costs the sink nothing",
    outcome: { kind: "permanent", isSinkDead: false },
    delivery: page(1),
    expected: { kind: "fail", reason: "refused", disablesSink: false },
  },
  {
    name: "a dead sink fails the message and is disabled",
    outcome: { kind: "permanent", isSinkDead: true },
    delivery: page(1),
    expected: { kind: "fail", reason: "sink_dead", disablesSink: true },
  },
  {
    name: "the first retry of a page comes after 5 s on average",
    outcome: failed(),
    delivery: page(1),
    dice: 0.5,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 5 * SECOND_MS },
  },
  {
    name: "the ceiling doubles",
    outcome: failed(),
    delivery: page(4),
    dice: 0.5,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 40 * SECOND_MS },
  },
  {
    name: "nothing is tried again within a second",
    outcome: failed(),
    delivery: page(1),
    dice: 0,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + SECOND_MS },
  },
  {
    name: "the ceiling of pages is ten minutes",
    outcome: failed(),
    delivery: page(30),
    dice: 0.5,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 5 * MINUTE_MS },
  },
  {
    name: "digests have an hour as ceiling",
    outcome: failed(),
    delivery: made("digest", 30),
    dice: 0.5,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 30 * MINUTE_MS },
  },
  {
    name: "who waits for a test is not kept for more than a minute",
    outcome: failed(),
    delivery: made("trial", 12),
    dice: 0.999,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 59_940 },
  },
  ...[5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000].map((delayMs, index) => ({
    name: `webhook, after try ${index + 1}: the schedule of Standard Webhooks`,
    outcome: failed(),
    delivery: made("webhook", index + 1),
    dice: 0,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + delayMs },
  })),
  {
    name: "webhook delays are spread by a tenth",
    outcome: failed(),
    delivery: made("webhook", 2),
    dice: 0.5,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 315_000 },
  },
  {
    name: "a webhook's schedule that passes the day ends with one try just before it is over",
    outcome: failed(),
    delivery: made("webhook", 7),
    afterMs: 18 * HOUR_MS,
    expected: { kind: "retry", reason: "last_try", atMs: t0 + 24 * HOUR_MS - LAST_TRY_BEFORE_MS },
  },
  {
    name: "more tries than the schedule has: the last one",
    outcome: failed(),
    delivery: made("webhook", 40),
    expected: { kind: "retry", reason: "last_try", atMs: t0 + 24 * HOUR_MS - LAST_TRY_BEFORE_MS },
  },
  {
    name: "Retry-After beats a shorter delay of ours",
    outcome: failed(30 * SECOND_MS),
    delivery: page(1),
    dice: 0.5,
    expected: { kind: "retry", reason: "retry_after", atMs: t0 + 30 * SECOND_MS },
  },
  {
    name: "a Retry-After shorter than our delay does not make us faster",
    outcome: failed(1),
    delivery: page(5),
    dice: 0.5,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 80 * SECOND_MS },
  },
  {
    name: "Retry-After: 0 is no hurry either",
    outcome: failed(0),
    delivery: page(1),
    dice: 0.5,
    expected: { kind: "retry", reason: "backoff", atMs: t0 + 5 * SECOND_MS },
  },
  {
    name: "a Retry-After behind the deadline fails the page now",
    outcome: failed(2 * HOUR_MS),
    delivery: page(1),
    expected: { kind: "fail", reason: "retry_after_past_deadline", disablesSink: false },
  },
  {
    name: "the same Retry-After is nothing to a webhook",
    outcome: failed(2 * HOUR_MS),
    delivery: made("webhook", 1),
    expected: { kind: "retry", reason: "retry_after", atMs: t0 + 2 * HOUR_MS },
  },
  {
    name: "a delay that passes the deadline becomes one last try",
    outcome: failed(),
    delivery: page(12),
    afterMs: 55 * MINUTE_MS,
    dice: 0.9,
    expected: { kind: "retry", reason: "last_try", atMs: t0 + HOUR_MS - LAST_TRY_BEFORE_MS },
  },
  {
    name: "after the last try it is given up",
    outcome: failed(),
    delivery: page(13),
    afterMs: HOUR_MS - LAST_TRY_BEFORE_MS,
    expected: { kind: "fail", reason: "deadline", disablesSink: false },
  },
  {
    name: "an open breaker waits until it closes",
    outcome: { kind: "held", by: "breaker_open", untilMs: t0 + MINUTE_MS },
    delivery: page(2),
    dice: 0,
    expected: { kind: "retry", reason: "breaker_open", atMs: t0 + MINUTE_MS },
  },
  {
    name: "a turn that has come meanwhile waits for a second, not for ever",
    outcome: { kind: "held", by: "rate_limit", untilMs: t0 - MINUTE_MS },
    delivery: page(2),
    dice: 0,
    expected: { kind: "retry", reason: "rate_limit", atMs: t0 + SECOND_MS },
  },
  {
    name: "a breaker that stays open past the deadline is looked at once more, then given up",
    outcome: { kind: "held", by: "breaker_open", untilMs: t0 + 3 * HOUR_MS },
    delivery: page(2),
    expected: { kind: "retry", reason: "breaker_open", atMs: t0 + HOUR_MS - 1 },
  },
  {
    name: "held at the deadline it is given up",
    outcome: { kind: "held", by: "breaker_open", untilMs: t0 + 3 * HOUR_MS },
    delivery: page(2),
    afterMs: HOUR_MS,
    expected: { kind: "fail", reason: "deadline", disablesSink: false },
  },
];

test.each(rows)("$name", ({ outcome, delivery, afterMs = 0, dice = 0.5, expected }) => {
  expect(decideRetry(outcome, delivery, t0 + afterMs, dice)).toEqual(expected);
});

describe("whatever the receiver says and the dice show", () => {
  const paces = fc.constantFrom<DeliveryPace>("page", "webhook", "digest", "trial");
  const outcomes: fc.Arbitrary<TriedOutcome> = fc.oneof(
    fc.record({
      kind: fc.constant("retryable" as const),
      retryAfterMs: fc.option(fc.nat({ max: 100_000_000 })),
    }),
    fc.record({
      kind: fc.constant("held" as const),
      by: fc.constantFrom("breaker_open" as const, "rate_limit" as const),
      untilMs: fc.integer({ min: t0 - HOUR_MS, max: t0 + 48 * HOUR_MS }),
    }),
  );
  const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test("nothing is ever tried at or after the deadline, and never in the past", () => {
    fc.assert(
      fc.property(
        paces,
        fc.integer({ min: 1, max: 60 }),
        outcomes,
        fc.nat({ max: 48 * HOUR_MS }),
        dice,
        (pace, attempts, outcome, afterMs, rolled) => {
          const delivery = made(pace, attempts);
          const decision = decideRetry(outcome, delivery, t0 + afterMs, rolled);
          if (decision.kind === "retry") {
            expect(decision.atMs).toBeLessThan(delivery.deadlineAtMs);
            expect(decision.atMs).toBeGreaterThanOrEqual(Math.min(t0 + afterMs, delivery.deadlineAtMs - 1));
          }
        },
      ),
    );
  });

  test("a Retry-After is never undercut", () => {
    fc.assert(
      fc.property(
        paces,
        fc.integer({ min: 1, max: 60 }),
        fc.nat({ max: 48 * HOUR_MS }),
        dice,
        (pace, attempts, retryAfterMs, rolled) => {
          const decision = decideRetry(failed(retryAfterMs), made(pace, attempts), t0, rolled);
          if (decision.kind === "retry") {
            expect(decision.atMs).toBeGreaterThanOrEqual(t0 + retryAfterMs);
          }
        },
      ),
    );
  });

  test("a message to a receiver that always fails is tried a bounded number of times, the last time just before its deadline", () => {
    fc.assert(
      fc.property(
        paces,
        fc.array(fc.double({ min: 0.05, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (pace, rolls) => {
          let [nowMs, attempts] = [t0, 0];
          while (attempts < 1_000) {
            attempts += 1;
            const decision = decideRetry(
              failed(),
              made(pace, attempts),
              nowMs,
              rolls[attempts % rolls.length] as number,
            );
            if (decision.kind !== "retry") {
              expect(decision).toEqual({ kind: "fail", reason: "deadline", disablesSink: false });
              break;
            }
            nowMs = decision.atMs;
          }
          expect(nowMs).toBe(t0 + DELIVERY_LIFE_MS[pace] - LAST_TRY_BEFORE_MS);
          expect(attempts).toBeLessThanOrEqual(pace === "webhook" ? 8 : 600);
        },
      ),
    );
  });
});

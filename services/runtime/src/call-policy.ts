/**
 * How we call what others run: breaker(retry(bulkhead(call))), one policy per dependency, so that a slow or dead one
 * takes nothing from the others. 4 tries, 200 ms to 10 s apart with full jitter, `Retry-After` honoured.
 */
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
  retry,
  wrap,
} from "cockatiel";

/** What a call came to. A failure is the dependency's, never the answer that it refuses us. */
export type CallOutcome<T> = { readonly kind: "done"; readonly value: T } | CallFailure;
export interface CallFailure {
  readonly kind: "failed";
  /** From a list of ours, for logs. */
  readonly detail: string;
  /** Asking again may help and does no harm: a reset, a timeout, 429, 502 to 504, of something that may be done twice. */
  readonly isRepeatable: boolean;
  /** What the dependency asked for. */
  readonly retryAfterMs: number | null;
}

export interface CallPolicy {
  /** Runs the call until it is done, fails for good, or the deadline (`performance.now()`) leaves no room for a try. Never rejects unless the call does. */
  run<T>(input: {
    readonly deadlineMs: number;
    readonly call: () => Promise<CallOutcome<T>>;
  }): Promise<CallOutcome<T>>;
}

const RETRIES_MAX = 3;
const DELAY_MS_MIN = 200;
const DELAY_MS_MAX = 10_000;
/** Left for a try after its delay; with less it is not worth it. */
const TRY_MS_MIN = 100;

export function createCallPolicy(bounds: {
  readonly concurrencyMax: number;
  /** Calls that may wait for their turn. */
  readonly queueMax: number;
  /** Failures in a row after which the dependency is left alone for `restMs`. */
  readonly failuresMax: number;
  readonly restMs: number;
}): CallPolicy {
  const breaker = circuitBreaker(handleWhenResult(isFailure), {
    halfOpenAfter: bounds.restMs,
    breaker: new ConsecutiveBreaker(bounds.failuresMax),
  });
  const semaphore = bulkhead(bounds.concurrencyMax, bounds.queueMax);
  return {
    async run<T>({ deadlineMs, call }: { deadlineMs: number; call: () => Promise<CallOutcome<T>> }) {
      let tries = 0;
      const planned = { delayMs: 0 };
      const again = retry(
        handleWhenResult((result) => isFailure(result) && fits(result, planned, tries, deadlineMs)),
        { maxAttempts: RETRIES_MAX, backoff: new DelegateBackoff(() => planned.delayMs) },
      );
      try {
        return (await wrap(breaker, again, semaphore).execute(() => {
          tries += 1;
          return call();
        })) as CallOutcome<T>;
      } catch (err) {
        return refusedHere(err, bounds.restMs);
      }
    },
  };
}

const isFailure = (result: unknown): result is CallFailure => (result as CallFailure).kind === "failed";

/** Chooses the delay before the next try; false when there is none. */
function fits(
  failure: CallFailure,
  planned: { delayMs: number },
  tries: number,
  deadlineMs: number,
): boolean {
  const ceilingMs = Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** tries);
  planned.delayMs = Math.max(failure.retryAfterMs ?? 0, Math.random() * ceilingMs);
  return failure.isRepeatable && performance.now() + planned.delayMs + TRY_MS_MIN <= deadlineMs;
}

function refusedHere(err: unknown, restMs: number): CallFailure {
  if (err instanceof BrokenCircuitError) {
    return { kind: "failed", detail: "breaker_open", isRepeatable: true, retryAfterMs: restMs };
  }
  if (err instanceof BulkheadRejectedError) {
    return { kind: "failed", detail: "too_many_waiting", isRepeatable: true, retryAfterMs: null };
  }
  throw err;
}

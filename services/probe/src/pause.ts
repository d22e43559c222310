/** Waiting inside a scope: ends early when the scope is cancelled. */
import type { CancelReason, ExchangeScope } from "./exchange-scope.ts";

/** True after `ms`, false as soon as the scope is cancelled. */
export function pause(scope: ExchangeScope, ms: number): Promise<boolean> {
  if (scope.cancelled !== null) {
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const settle = (isElapsed: boolean) => {
      clearTimeout(timer);
      scope.inFlight.delete(cancel);
      resolve(isElapsed);
    };
    const cancel = (_reason: CancelReason) => settle(false);
    const timer = setTimeout(() => settle(true), ms);
    scope.inFlight.add(cancel);
  });
}

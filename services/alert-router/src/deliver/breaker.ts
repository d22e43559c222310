/**
 * A circuit breaker as data: after some failures in a row its receiver is left alone for a while, then one try says whether
 * it is back. Time is an argument, so that deliveries and their breakers live by one clock.
 */
export interface BreakerState {
  readonly failuresInARow: number;
  /** Nobody is let through before; 0: closed. */
  readonly openUntilMs: number;
}

export interface BreakerPolicy {
  /** Failures in a row that open it. */
  readonly failuresMax: number;
  /** How long it stays open; a try that fails after that opens it again. */
  readonly restMs: number;
}

export const CLOSED: BreakerState = { failuresInARow: 0, openUntilMs: 0 };

/**
 * Whether a try may go now. Past its rest an open breaker lets one through and stays shut for the others for another
 * rest, so that a receiver that comes back is not met by everybody at once.
 */
export function askBreaker(
  state: BreakerState,
  policy: BreakerPolicy,
  nowMs: number,
):
  | { readonly kind: "go"; readonly next: BreakerState }
  | { readonly kind: "wait"; readonly untilMs: number } {
  if (state.openUntilMs > nowMs) {
    return { kind: "wait", untilMs: state.openUntilMs };
  }
  const isTrial = state.openUntilMs > 0;
  return { kind: "go", next: isTrial ? { ...state, openUntilMs: nowMs + policy.restMs } : state };
}

/** The breaker after a try came back. */
export function noteTry(
  state: BreakerState,
  policy: BreakerPolicy,
  hasFailed: boolean,
  nowMs: number,
): BreakerState {
  if (!hasFailed) {
    return CLOSED;
  }
  const failuresInARow = state.failuresInARow + 1;
  const isOpen = failuresInARow >= policy.failuresMax;
  return { failuresInARow, openUntilMs: isOpen ? nowMs + policy.restMs : 0 };
}

/** The only way code of ours learns the time; tests move their own. */
export interface Clock {
  /** Epoch milliseconds, UTC, whole. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** Stops the job or request when a state cannot be: a bug of ours, never an answer. `sentence` says what must hold. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) {
    throw new Error(`invariant broken: ${sentence}`);
  }
}

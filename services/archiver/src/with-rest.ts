import type { Clock } from "@alivemcp/runtime/clock";

/** A costly task takes one thirtieth of the time at most, … */
const REST_PER_RUN = 30;
/** … and runs this often whatever it costs. */
const REST_MS_MAX = 10 * 60_000;

/** Lets a periodic task rest in proportion to what its last run took: often on a small installation, seldom on a large one. */
export function withRest(clock: Clock, run: () => Promise<unknown>): () => Promise<void> {
  let restUntilMs = 0;
  return async () => {
    const startedMs = clock.nowMs();
    if (startedMs < restUntilMs) {
      return;
    }
    await run();
    const endedMs = clock.nowMs();
    restUntilMs = endedMs + Math.min(REST_MS_MAX, REST_PER_RUN * (endedMs - startedMs));
  };
}

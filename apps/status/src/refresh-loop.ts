import type { Clock } from "@alivemcp/runtime/clock";
import { everyTick, type PeriodicTask } from "@alivemcp/runtime/periodic";

/**
 * Runs `run` about every `everyMs`, but leaves at least `restFactor` times as long between two runs as the last one
 * took: with 20,000 endpoints a refresh costs a bounded share of the process, with ten it is nearly immediate.
 */
export function startRefreshLoop(input: {
  readonly name: string;
  readonly everyMs: number;
  readonly restFactor: number;
  readonly clock: Clock;
  readonly run: () => Promise<void>;
  readonly onError: (err: unknown) => void;
}): PeriodicTask {
  let restUntil = 0;
  return everyTick({
    name: input.name,
    everyMs: input.everyMs,
    clock: input.clock,
    onError: input.onError,
    run: async () => {
      const startedAt = performance.now();
      if (startedAt < restUntil) {
        return;
      }
      await input.run();
      const endedAt = performance.now();
      restUntil = endedAt + input.restFactor * (endedAt - startedAt) - input.everyMs;
    },
  });
}

import type { Clock } from "./clock.ts";

/** A task that runs again and again; readiness asks how long ago it last finished well. */
export interface PeriodicTask {
  readonly name: string;
  readonly everyMs: number;
  /** Milliseconds since the last good run ended (since the start, before the first). */
  ageMs(): number;
  /** Stops further runs and waits for the one in flight. */
  stop(): Promise<void>;
}

/**
 * Runs `run` every `everyMs`, never twice at once: a run that takes longer makes the next one start right after it.
 * An error goes to `onError` and the task goes on. The first run starts at once.
 */
export function everyTick(input: {
  name: string;
  everyMs: number;
  clock: Clock;
  run: () => Promise<unknown>;
  onError: (err: unknown) => void;
}): PeriodicTask {
  let goodAtMs = input.clock.nowMs();
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let wake: (() => void) | undefined;

  const loop = async () => {
    while (!isStopped) {
      const startedAt = performance.now();
      try {
        await input.run();
        goodAtMs = input.clock.nowMs();
      } catch (err) {
        input.onError(err);
      }
      const restMs = Math.max(0, input.everyMs - (performance.now() - startedAt));
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, isStopped ? 0 : restMs);
      });
    }
  };
  const running = loop();
  return {
    name: input.name,
    everyMs: input.everyMs,
    ageMs: () => input.clock.nowMs() - goodAtMs,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      wake?.();
      await running;
    },
  };
}

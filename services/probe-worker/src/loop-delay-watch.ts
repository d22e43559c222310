/**
 * Notices when this process's event loop is late. A millisecond of loop delay is a millisecond in every measured
 * latency, so a timing taken over a delay above 20 ms is worth nothing. Samples only while started: an idle child sleeps.
 */
const SAMPLE_EVERY_MS = 10;
/** Above this a timing is dropped (measured: an unloaded child stays below 5 ms). */
const LOOP_DELAY_MAX_MS = 20;
const STALLS_KEPT = 256;

export interface LoopDelayWatch {
  start(): void;
  stop(): void;
  /** Whether the loop was late at any time of the span (both ends as `performance.now()`). */
  wasLate(fromMs: number, toMs: number): boolean;
  /** Largest delay since the last call. */
  takeMaxMs(): number;
}

export function createLoopDelayWatch(): LoopDelayWatch {
  let stalls: { fromMs: number; toMs: number }[] = [];
  let maxMs = 0;
  let lastMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const sample = () => {
    const nowMs = performance.now();
    const delayMs = nowMs - lastMs - SAMPLE_EVERY_MS;
    maxMs = Math.max(maxMs, delayMs);
    if (delayMs > LOOP_DELAY_MAX_MS) {
      stalls = [...stalls.slice(1 - STALLS_KEPT), { fromMs: lastMs, toMs: nowMs }];
    }
    lastMs = nowMs;
  };
  return {
    start() {
      lastMs = performance.now();
      timer ??= setInterval(sample, SAMPLE_EVERY_MS);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
    wasLate(fromMs, toMs) {
      if (timer) {
        sample();
      }
      return stalls.some((stall) => stall.fromMs < toMs && stall.toMs > fromMs);
    },
    takeMaxMs() {
      const taken = maxMs;
      maxMs = 0;
      return taken;
    },
  };
}

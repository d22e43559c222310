const DAY_MS = 86_400_000;
const BUCKET_MS = 15 * 60_000;
const BUCKETS = DAY_MS / BUCKET_MS;

export interface LatencyBucket {
  readonly fromMs: number;
  /** Median and slowest of the bucket's verdict-minutes; null when none measured one. */
  readonly medianMs: number | null;
  readonly slowestMs: number | null;
  readonly isDown: boolean;
}

/** One verdict-minute; the latency is null when none of its probes measured one. */
export interface LatencyMinute {
  readonly minuteAtMs: number;
  readonly latencyMs: number | null;
}

/** One confirmed outage; `toMs` null while it lasts. */
export interface OutageSpan {
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** The last 24 hours in quarters of an hour, ending with the one that `nowMs` lies in. */
export function toLatencyBuckets(
  minutes: readonly LatencyMinute[],
  outages: readonly OutageSpan[],
  nowMs: number,
): LatencyBucket[] {
  const endMs = (Math.floor(nowMs / BUCKET_MS) + 1) * BUCKET_MS;
  const startMs = endMs - DAY_MS;
  const latencies = Array.from({ length: BUCKETS }, (): number[] => []);
  for (const { minuteAtMs, latencyMs } of minutes) {
    if (latencyMs !== null) {
      latencies[Math.floor((minuteAtMs - startMs) / BUCKET_MS)]?.push(latencyMs);
    }
  }
  return latencies.map((values, index) => {
    const fromMs = startMs + index * BUCKET_MS;
    const sorted = values.toSorted((a, b) => a - b);
    return {
      fromMs,
      medianMs: sorted[Math.floor((sorted.length - 1) / 2)] ?? null,
      slowestMs: sorted.at(-1) ?? null,
      isDown: outages.some(
        (span) => span.fromMs < fromMs + BUCKET_MS && (span.toMs ?? nowMs) > fromMs && fromMs <= nowMs,
      ),
    };
  });
}

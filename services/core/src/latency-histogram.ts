/**
 * Latencies as counts per bucket. Percentiles of two days do not merge into the percentile of both; counts do.
 * Buckets grow by about a fifth, so a percentile read back is within a tenth of the true one.
 */

/**
 * Inclusive upper bounds in milliseconds, twelve per power of ten above 10 ms; what is slower falls into one more
 * bucket. Stored counts are read by position: bounds are never changed, only appended.
 */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 32, 38, 46, 56, 68, 83, 100, 121, 147, 178, 215, 261, 316, 383,
  464, 562, 681, 825, 1_000, 1_212, 1_468, 1_778, 2_154, 2_610, 3_162, 3_831, 4_642, 5_000, 5_623, 6_813,
  8_254, 10_000, 12_115, 14_678, 17_783, 21_544, 26_102, 31_623, 38_312, 46_416, 56_234, 63_096,
];

/** Counts by bucket; trailing zeros may be left out. */
export type LatencyHistogram = readonly number[];

/** Bucket of a latency in milliseconds, from 0. */
export function latencyBucket(latencyMs: number): number {
  let low = 0;
  let high = LATENCY_BOUNDS_MS.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (latencyMs <= (LATENCY_BOUNDS_MS[middle] as number)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

export function latencyHistogram(latenciesMs: readonly number[]): LatencyHistogram {
  const counts: number[] = [];
  for (const latencyMs of latenciesMs) {
    const bucket = latencyBucket(latencyMs);
    while (counts.length <= bucket) {
      counts.push(0);
    }
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  return counts;
}

/** Sum of several, of any lengths; commutative and associative. */
export function mergeHistograms(histograms: readonly LatencyHistogram[]): LatencyHistogram {
  const length = Math.max(0, ...histograms.map((histogram) => histogram.length));
  return Array.from({ length }, (_, bucket) =>
    histograms.reduce((sum, histogram) => sum + (histogram[bucket] ?? 0), 0),
  );
}

/**
 * The latency below which the share `quantile` (0–1) of all counts lies, whole milliseconds, interpolated inside its
 * bucket; null when there are none. In the bucket without an upper bound the answer is its lower one.
 */
export function latencyQuantileMs(histogram: LatencyHistogram, quantile: number): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    return null;
  }
  const wanted = quantile * total;
  let below = 0;
  for (const [bucket, count] of histogram.entries()) {
    if (count > 0 && below + count >= wanted) {
      const lower = LATENCY_BOUNDS_MS[bucket - 1] ?? 0;
      const upper = LATENCY_BOUNDS_MS[bucket] ?? lower;
      return Math.round(lower + ((upper - lower) * Math.max(0, wanted - below)) / count);
    }
    below += count;
  }
  return LATENCY_BOUNDS_MS.at(-1) ?? null;
}

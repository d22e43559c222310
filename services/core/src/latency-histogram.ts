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

/** Pairs of bucket and count; buckets nobody fell into are left out. Read back from the database a bucket may come twice. */
export type LatencyHistogram = readonly (readonly [bucket: number, count: number])[];

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
  return mergeHistograms([latenciesMs.map((latencyMs) => [latencyBucket(latencyMs), 1])]);
}

/** Sum of several, by rising bucket; commutative and associative. */
export function mergeHistograms(histograms: readonly LatencyHistogram[]): LatencyHistogram {
  const counts = new Map<number, number>();
  for (const [bucket, count] of histograms.flat()) {
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/**
 * The latency below which the share `quantile` (0–1) of all counts lies, whole milliseconds, interpolated inside its
 * bucket; null when there are none. In the bucket without an upper bound the answer is its lower one.
 */
export function latencyQuantileMs(histogram: LatencyHistogram, quantile: number): number | null {
  const counts = mergeHistograms([histogram]).filter(([, count]) => count > 0);
  const wanted = quantile * counts.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  for (const [bucket, count] of counts) {
    if (below + count >= wanted) {
      const lower = LATENCY_BOUNDS_MS[bucket - 1] ?? 0;
      const upper = LATENCY_BOUNDS_MS[bucket] ?? lower;
      return Math.round(lower + ((upper - lower) * (wanted - below)) / count);
    }
    below += count;
  }
  return null;
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  LATENCY_BOUNDS_MS,
  latencyBucket,
  latencyHistogram,
  latencyQuantileMs,
  mergeHistograms,
} from "./latency-histogram.ts";

const latency = fc.integer({ min: 0, max: 60_000 });
const latencies = fc.array(latency, { maxLength: 200 });

test("bounds grow, and 5 s, where an endpoint counts as slow, is one of them", () => {
  expect(LATENCY_BOUNDS_MS).toEqual([...LATENCY_BOUNDS_MS].sort((a, b) => a - b));
  expect(new Set(LATENCY_BOUNDS_MS).size).toBe(LATENCY_BOUNDS_MS.length);
  expect(LATENCY_BOUNDS_MS).toContain(5_000);
});

test("a latency lies in the first bucket whose bound is not below it", () => {
  fc.assert(
    fc.property(latency, (ms) => {
      expect(latencyBucket(ms)).toBe(LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound));
    }),
  );
  expect(latencyBucket(1e9)).toBe(LATENCY_BOUNDS_MS.length);
});

test("the histogram of two days together is the sum of both, in any order", () => {
  fc.assert(
    fc.property(latencies, latencies, (a, b) => {
      const together = latencyHistogram([...a, ...b]);
      expect(mergeHistograms([latencyHistogram(a), latencyHistogram(b)])).toEqual(together);
      expect(mergeHistograms([latencyHistogram(b), latencyHistogram(a)])).toEqual(
        mergeHistograms([latencyHistogram(a), latencyHistogram(b)]),
      );
    }),
  );
});

test("a percentile lies in the bucket of the true one", () => {
  fc.assert(
    fc.property(
      fc.array(latency, { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.95, 0.99, 1),
      (values, quantile) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(quantile * sorted.length) - 1] as number;
        const bucket = latencyBucket(exact);
        const told = latencyQuantileMs(latencyHistogram(values), quantile) as number;
        expect(told).toBeGreaterThanOrEqual(LATENCY_BOUNDS_MS[bucket - 1] ?? 0);
        expect(told).toBeLessThanOrEqual(LATENCY_BOUNDS_MS[bucket] as number);
      },
    ),
  );
});

describe("edges", () => {
  test("no counts have no percentile", () => {
    expect(latencyQuantileMs([], 0.5)).toBeNull();
    expect(latencyQuantileMs([[3, 0]], 0.5)).toBeNull();
    expect(mergeHistograms([])).toEqual([]);
  });

  test("slower than every bound reads as the last bound", () => {
    expect(latencyQuantileMs(latencyHistogram([10_000_000]), 0.95)).toBe(LATENCY_BOUNDS_MS.at(-1));
  });

  test("a bucket that comes twice counts together", () => {
    expect(
      mergeHistograms([
        [
          [5, 1],
          [2, 1],
        ],
        [[5, 2]],
      ]),
    ).toEqual([
      [2, 1],
      [5, 3],
    ]);
    expect(
      latencyQuantileMs(
        [
          [9, 1],
          [0, 1],
          [9, 1],
        ],
        0.1,
      ),
    ).toBeLessThanOrEqual(1);
  });

  test("half of two far apart is the lower one", () => {
    expect(latencyQuantileMs(latencyHistogram([100, 5_000]), 0.5)).toBe(100);
  });
});

import { describe, expect, test } from "vitest";
import { latencyChart } from "./latency-chart.ts";
import { toLatencyBuckets } from "./to-latency-buckets.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const t0 = Date.UTC(2026, 10, 20, 12, 7, 0);

describe("response times", () => {
  const minute = (agoMs: number, latencyMs: number | null) => ({ minuteAtMs: t0 - agoMs, latencyMs });

  test("a bucket holds the median and the slowest of its minutes; the last one is the present quarter of an hour", () => {
    const buckets = toLatencyBuckets(
      [minute(0, 100), minute(60_000, 300), minute(120_000, 110), minute(180_000, null)],
      [],
      t0,
    );
    expect(buckets).toHaveLength(96);
    expect(buckets.at(-1)).toMatchObject({
      fromMs: Date.UTC(2026, 10, 20, 12, 0, 0),
      medianMs: 110,
      slowestMs: 300,
    });
    expect(buckets.at(-2)).toMatchObject({ medianMs: null, slowestMs: null });
  });
  test("an outage marks the quarters it reaches into, to now while it lasts", () => {
    const downs = (fromMs: number, toMs: number | null) =>
      toLatencyBuckets([], [{ fromMs, toMs }], t0).filter((bucket) => bucket.isDown).length;
    expect(downs(t0 - 30 * 60_000, t0 - 20 * 60_000)).toBe(2);
    expect(downs(t0 - 30 * 60_000, null)).toBe(3);
    expect(downs(t0 - 3 * DAY_MS, t0 - 2 * DAY_MS)).toBe(0);
  });
  test("a gap in the measurement is a gap in the line, and the picture says in words what it shows", () => {
    const chart = String(latencyChart(toLatencyBuckets([minute(0, 120), minute(6 * HOUR_MS, 80)], [], t0)));
    expect(chart.match(/class="median"/g)).toHaveLength(2);
    expect(chart).toContain("between 80 ms and 120 ms in the median, slowest 120 ms around 12:00 UTC");
    expect(chart).not.toContain("NaN");
    expect(String(latencyChart(toLatencyBuckets([], [], t0)))).toContain(
      "No response time has been measured",
    );
  });
});

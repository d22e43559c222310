import type { PublicMinute, PublicSpan } from "@alivemcp/db/queries/public-history";
import type { LatencyBucket } from "./status-model.ts";

const DAY_MS = 86_400_000;
const BUCKET_MS = 15 * 60_000;
const BUCKETS = DAY_MS / BUCKET_MS;

/** The last 24 hours in quarters of an hour, ending with the one that `nowMs` lies in. */
export function toLatencyBuckets(
  minutes: readonly PublicMinute[],
  outages: readonly PublicSpan[],
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

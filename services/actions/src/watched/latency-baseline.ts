import { latencyQuantileMs, mergeHistograms } from "@alivemcp/core/latency-histogram";
import type { DayRow } from "@alivemcp/db/queries/endpoint-history";

/** What response times were in the seven whole UTC days before today. */
export interface LatencyBaseline {
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
}

const DAY_MS = 86_400_000;
export const BASELINE_DAYS = 7;

/** Of the days among those given; null while none of them measured anything. */
export function latencyBaseline(days: readonly DayRow[], nowMs: number): LatencyBaseline | null {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const from = new Date(nowMs - BASELINE_DAYS * DAY_MS).toISOString().slice(0, 10);
  const week = mergeHistograms(
    days.filter(({ day }) => day >= from && day < today).map(({ latencyHistogram }) => latencyHistogram),
  );
  const latencyMsP50 = latencyQuantileMs(week, 0.5);
  const latencyMsP95 = latencyQuantileMs(week, 0.95);
  return latencyMsP50 === null || latencyMsP95 === null ? null : { latencyMsP50, latencyMsP95 };
}

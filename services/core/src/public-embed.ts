/** The fixed shape of `GET /api/embed-status/<slug>`: fields are never added, renamed or reordered. */
import type { PublicStatus } from "./public-status.ts";
import type { PublicState } from "./states.ts";

export interface EmbedStatus {
  readonly slug: string;
  readonly status: PublicState;
  readonly auth_required: boolean;
  /** RFC 3339, UTC; null before the first probe. */
  readonly last_probe_at: string | null;
  /** 0–100, floored to two decimals; null while nothing was measured in the window. */
  readonly uptime_24h_pct: number | null;
  readonly uptime_30d_pct: number | null;
  readonly p95_latency_ms_24h: number | null;
  readonly schema_drift_in_last_24h: boolean;
  readonly status_page_url: string;
}

export interface EmbedInput {
  readonly slug: string;
  readonly status: PublicStatus;
  readonly lastProbeAtMs: number | null;
  /** Ratios 0–1 as the archiver computed them. */
  readonly uptimeRatio24h: number | null;
  readonly uptimeRatio30d: number | null;
  readonly latencyMsP95Of24h: number | null;
  readonly lastDriftAtMs: number | null;
  readonly statusPageUrl: string;
}

const DAY_MS = 86_400_000;

export function toEmbedStatus(input: EmbedInput, nowMs: number): EmbedStatus {
  return {
    slug: input.slug,
    status: input.status.state,
    auth_required: input.status.isAuthRequired,
    last_probe_at: input.lastProbeAtMs === null ? null : new Date(input.lastProbeAtMs).toISOString(),
    uptime_24h_pct: floorPercent(input.uptimeRatio24h),
    uptime_30d_pct: floorPercent(input.uptimeRatio30d),
    p95_latency_ms_24h: input.latencyMsP95Of24h === null ? null : Math.round(input.latencyMsP95Of24h),
    schema_drift_in_last_24h: input.lastDriftAtMs !== null && nowMs - input.lastDriftAtMs < DAY_MS,
    status_page_url: input.statusPageUrl,
  };
}

/** A ratio 0–1 as percent with two decimals, floored: 99.996 % is 99.99, and only a perfect window is 100. */
export function floorPercent(ratio: number | null): number | null {
  if (ratio === null) {
    return null;
  }
  // Ratios such as 0.9999 are a hair below their decimal in binary; without the slack they would floor one step lower.
  const hundredths = Math.floor(ratio * 10_000 + 1e-7);
  return (ratio < 1 ? Math.min(hundredths, 9_999) : 10_000) / 100;
}

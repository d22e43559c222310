import type { EndpointWindows } from "@alivemcp/core/endpoint-windows";
import { latencyQuantileMs, mergeHistograms } from "@alivemcp/core/latency-histogram";
import { addMinutes, authWalledShare, uptimeRatio } from "@alivemcp/core/uptime";
import type { WindowParts } from "@alivemcp/db/queries/endpoint-windows-system";

/** The windows that every surface shows, from their parts. */
export function windowsOf({ counts, latency, lastDriftAtMs }: WindowParts): EndpointWindows {
  const withToday = (days: "7d" | "30d" | "90d") => addMinutes([counts[days], counts.today]);
  return {
    uptime: {
      "24h": uptimeRatio(counts["24h"]),
      "7d": uptimeRatio(withToday("7d")),
      "30d": uptimeRatio(withToday("30d")),
      "90d": uptimeRatio(withToday("90d")),
    },
    authWalledShare30d: authWalledShare(withToday("30d")),
    latencyMsP50Of24h: latencyQuantileMs(latency["24h"], 0.5),
    latencyMsP95Of24h: latencyQuantileMs(latency["24h"], 0.95),
    lastDriftAtMs,
  };
}

/** Above this 7-day p95 an endpoint is slow: its looks get longer budgets. */
const SLOW_P95_MS = 5_000;

/** How slow an endpoint was over 7 days; null and not slow while nothing was measured. */
export function slownessOf({ latency }: Pick<WindowParts, "latency">) {
  const latencyMsP95Of7d = latencyQuantileMs(mergeHistograms([latency["7d"], latency.today]), 0.95);
  return { latencyMsP95Of7d, isSlow: latencyMsP95Of7d !== null && latencyMsP95Of7d > SLOW_P95_MS };
}

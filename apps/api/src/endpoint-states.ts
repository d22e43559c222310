import { NOW_VIEW_FIELDS, type NowView, readNowView } from "@alivemcp/core/now-view";
import { nowKey } from "@alivemcp/core/pipeline";
import { floorPercent } from "@alivemcp/core/public-embed";
import { judgePublicStatus } from "@alivemcp/core/public-status";
import type { Deps } from "./deps.ts";

/** The changing part of an endpoint as the API gives it. Percentages are floored; null means nothing measured yet. */
export interface EndpointState {
  readonly state: string;
  readonly auth_required: boolean;
  readonly is_stale: boolean;
  readonly raw_state: string | null;
  readonly failure_reason: string | null;
  readonly last_probe_at: string | null;
  readonly uptime_24h_pct: number | null;
  readonly uptime_30d_pct: number | null;
  readonly p95_latency_ms_24h: number | null;
}

/** States of the given endpoints, in their order, in one pipeline. With Redis away every one reads `unknown`. */
export async function readEndpointStates(
  deps: Pick<Deps, "redis" | "clock" | "log">,
  endpoints: readonly { readonly id: string; readonly cadenceS: number }[],
): Promise<EndpointState[]> {
  const nothing: (string | null)[] = [];
  const values = await Promise.all(
    endpoints.map(({ id }) => deps.redis.hmget(nowKey(id), ...NOW_VIEW_FIELDS)),
  ).catch((err: unknown) => {
    deps.log.warn({ err }, "states are not readable");
    return endpoints.map(() => nothing);
  });
  const nowMs = deps.clock.nowMs();
  return endpoints.map(({ cadenceS }, index) =>
    toState(readNowView(values[index] ?? nothing), cadenceS, nowMs),
  );
}

function toState(view: NowView, cadenceS: number, nowMs: number): EndpointState {
  const status = judgePublicStatus(
    {
      committed: view.committed,
      raw: view.raw,
      lastProbeAtMs: view.raw?.atMs ?? null,
      cadenceMs: cadenceS * 1_000,
    },
    nowMs,
  );
  return {
    state: status.state,
    auth_required: status.isAuthRequired,
    is_stale: status.isStale,
    raw_state: view.raw?.state ?? null,
    failure_reason: status.reason,
    last_probe_at: view.raw === null ? null : new Date(view.raw.atMs).toISOString(),
    uptime_24h_pct: floorPercent(view.windows.uptime["24h"]),
    uptime_30d_pct: floorPercent(view.windows.uptime["30d"]),
    p95_latency_ms_24h:
      view.windows.latencyMsP95Of24h === null ? null : Math.round(view.windows.latencyMsP95Of24h),
  };
}

import {
  type LatencyBucketRow,
  listDays,
  listLatencyBuckets,
  listOutages,
  type SpanRow,
} from "@alivemcp/db/queries/endpoint-history";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";
import { BASELINE_DAYS, type LatencyBaseline, latencyBaseline } from "./latency-baseline.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** How far back a chart looks, in steps that fill its width. */
export const LATENCY_WINDOWS = {
  "24h": { spanMs: DAY_MS, bucketMs: 5 * MINUTE_MS },
  "7d": { spanMs: 7 * DAY_MS, bucketMs: 30 * MINUTE_MS },
} as const;
export type LatencyWindow = keyof typeof LATENCY_WINDOWS;

export interface LatencySeries {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
  /** Oldest first; buckets without a measured minute are missing. */
  readonly buckets: readonly LatencyBucketRow[];
  readonly outages: readonly SpanRow[];
  readonly baseline: LatencyBaseline | null;
}

/** Response times of one endpoint that the tenant watches. Throws `not_found` for every other slug. */
export async function readLatency(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: { readonly slug: string; readonly window: LatencyWindow },
): Promise<LatencySeries> {
  const { scope } = caller;
  const nowMs = deps.clock.nowMs();
  const { spanMs, bucketMs } = LATENCY_WINDOWS[input.window];
  const fromMs = Math.floor((nowMs - spanMs) / bucketMs + 1) * bucketMs;
  return read(deps, caller, "endpoint.read", async (tx) => {
    const { id, number } = await findWatched(caller, tx, input.slug);
    const endpointNumber = number;
    const buckets = await listLatencyBuckets(scope, tx, { endpointNumber, fromMs, bucketMs });
    const outages = await listOutages(scope, tx, { endpointId: id, fromMs });
    const days = await listDays(scope, tx, { endpointNumber, fromMs: nowMs - BASELINE_DAYS * DAY_MS });
    return { fromMs, toMs: nowMs, bucketMs, buckets, outages, baseline: latencyBaseline(days, nowMs) };
  });
}

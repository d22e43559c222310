import { setTimeout as delay } from "node:timers/promises";
import type { RegionResult } from "@alivemcp/core/pipeline";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Redis } from "@alivemcp/runtime/redis";
import { admitToolList, packToolList } from "@alivemcp/runtime/tool-list-store";
import { reportResult } from "@alivemcp/runtime/verdict-store";
import type { WorkerMetrics } from "./worker-metrics.ts";

interface ReportDeps {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
}

const TRIES_MAX = 20;
const PAUSE_MS_MAX = 2_000;

/**
 * Writes one region result through the report script, again and again while Redis is away (up to about half a minute):
 * what was measured during an outage of ours is still true after it. Rejects with the last error. Writing twice is harmless.
 */
export async function writeReport(
  deps: ReportDeps,
  result: RegionResult,
  toolList: string | null,
): Promise<void> {
  const packed = toolList === null ? null : await packToolList(toolList);
  for (let tried = 1; ; tried += 1) {
    try {
      await reportResult(deps.redis, result, deps.clock.nowMs(), await admitted(deps, result, packed));
      return;
    } catch (err) {
      if (tried === TRIES_MAX) {
        throw err;
      }
      deps.metrics.reportRetries.inc();
      deps.log.warn({ err, jobId: result.jobId, tried }, "report not written yet");
      await delay(Math.min(100 * 2 ** tried, PAUSE_MS_MAX));
    }
  }
}

/** The list if it is to be sent along: an endpoint that makes up a new one for every probe runs out of its bytes. */
async function admitted(
  deps: ReportDeps,
  result: RegionResult,
  packed: Buffer | null,
): Promise<Buffer | null> {
  const { endpointId } = result.job;
  const { fullHash } = result.finding;
  if (packed === null || fullHash === null) {
    return null;
  }
  const admission = await admitToolList(deps.redis, { endpointId, fullHash, packed }, deps.clock.nowMs());
  if (admission === "refused") {
    deps.metrics.toolListsRefused.inc();
  }
  return admission === "store" ? packed : null;
}

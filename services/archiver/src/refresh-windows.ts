import { WINDOW_FIELDS } from "@alivemcp/core/now-fields";
import { ARCHIVER_GROUP, nowKey, windowsMarkerKey } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { listConsumerWatermarks } from "@alivemcp/db/queries/consumer-fences-system";
import { updateSlowness } from "@alivemcp/db/queries/endpoint-memory-system";
import { listWindowParts, type WindowParts } from "@alivemcp/db/queries/endpoint-windows-system";
import { rollUpHours } from "@alivemcp/db/queries/probe-rollups-system";
import type { Deps } from "./deps.ts";
import { slownessOf, windowsOf } from "./windows-of.ts";

type WindowDeps = Pick<Deps, "upkeepPool" | "redis" | "clock" | "metrics">;

const HOUR_MS = 3_600_000;
/** Minutes of an hour arrive until this long after it; later ones are summed when sums are settled. */
const HOUR_OPEN_MS = 10 * 60_000;
const SLICE = 500;
/** Endpoints of one run: 20,000 endpoints are through in five minutes at two runs a minute. */
const SLICES_PER_RUN = 4;
const SLICES_MAX = 1_000;

/**
 * Sums the hour that is open and writes the windows of the next endpoints into `now:{…}`, from the first again after the last.
 * When Redis has lost what was written, all of them in one run.
 */
export function createWindowRefresh(deps: WindowDeps): () => Promise<void> {
  let afterNumber = 0;
  return async () => {
    const nowMs = deps.clock.nowMs();
    const fromMs = nowMs - HOUR_OPEN_MS - ((nowMs - HOUR_OPEN_MS) % HOUR_MS);
    await rollUpHours(deps.upkeepPool, { fromMs, toMs: nowMs });
    const isLost = (await deps.redis.get(windowsMarkerKey)) === null;
    afterNumber = isLost ? 0 : afterNumber;
    const archivedThrough = await listConsumerWatermarks(deps.upkeepPool, ARCHIVER_GROUP);
    for (let slice = 0; slice < (isLost ? SLICES_MAX : SLICES_PER_RUN); slice += 1) {
      const parts = await listWindowParts(deps.upkeepPool, { afterNumber, limit: SLICE, nowMs });
      await writeSlice(deps, parts, archivedThrough);
      afterNumber = parts.at(-1)?.endpointNumber ?? 0;
      if (parts.length < SLICE) {
        afterNumber = 0;
        break;
      }
    }
    await deps.redis.set(windowsMarkerKey, String(nowMs));
  };
}

async function writeSlice(
  deps: WindowDeps,
  parts: readonly WindowParts[],
  archivedThrough: ReadonlyMap<string, number>,
): Promise<void> {
  // Issued in one tick, so they travel together.
  await Promise.all(
    parts.map((part) => {
      const throughMs = archivedThrough.get(shardOf(part.endpointId));
      return deps.redis.hset(nowKey(part.endpointId), {
        [WINDOW_FIELDS.windows]: JSON.stringify(windowsOf(part)),
        ...(throughMs === undefined ? {} : { [WINDOW_FIELDS.archivedThroughMs]: String(throughMs) }),
      });
    }),
  );
  await updateSlowness(
    deps.upkeepPool,
    parts.map((part) => ({ endpointNumber: part.endpointNumber, ...slownessOf(part) })),
  );
  deps.metrics.windowsWritten.inc(parts.length);
}

import { ARCHIVER_GROUP, ROUTER_GROUP } from "@alivemcp/core/pipeline";
import { SHARD_COUNT } from "@alivemcp/core/shard";
import { listConsumerWatermarks } from "@alivemcp/db/queries/consumer-fences-system";
import {
  advanceRollUpProgress,
  deleteHoursBefore,
  findRollUpProgress,
  rollUpDay,
  rollUpHours,
} from "@alivemcp/db/queries/probe-rollups-system";
import type { Deps } from "./deps.ts";

type SettleDeps = Pick<Deps, "upkeepPool" | "clock">;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours summed in one statement. */
const HOURS_AT_ONCE = 2;
/** Corrections come within minutes, outages are committed within minutes: an hour after both streams are through, an hour is final. */
const SETTLE_AFTER_MS = HOUR_MS;
/** Without any progress yet, and kept behind it. */
const DAYS_KEPT = 2;
const DELETE_ROWS = 20_000;

/**
 * Sums every hour and day that is not final yet, then moves the mark behind which they are. After an outage the mark stays
 * where the backlog begins, so that nothing archived late is left out.
 */
export async function settleSums(deps: SettleDeps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const progressMs =
    (await findRollUpProgress(deps.upkeepPool)) ?? floorTo(DAY_MS, nowMs - DAYS_KEPT * DAY_MS);
  const settledMs = await findSettledMs(deps);
  for (let fromMs = floorTo(HOUR_MS, progressMs); fromMs <= nowMs; fromMs += HOURS_AT_ONCE * HOUR_MS) {
    await rollUpHours(deps.upkeepPool, { fromMs, toMs: fromMs + HOURS_AT_ONCE * HOUR_MS });
  }
  for (let dayMs = floorTo(DAY_MS, progressMs); dayMs <= nowMs; dayMs += DAY_MS) {
    await rollUpDay(deps.upkeepPool, dayMs);
  }
  const nextMs = Math.max(progressMs, settledMs === null ? 0 : floorTo(HOUR_MS, settledMs));
  await advanceRollUpProgress(deps.upkeepPool, nextMs);
  // The hours of the day of the mark are summed into that day again: they stay.
  await deleteHoursBefore(deps.upkeepPool, {
    beforeMs: floorTo(DAY_MS, Math.min(nextMs, nowMs - DAYS_KEPT * DAY_MS)),
    limit: DELETE_ROWS,
  });
}

/** Nothing older than this will change; null while some shard was never archived. */
async function findSettledMs(deps: SettleDeps): Promise<number | null> {
  const archived = await listConsumerWatermarks(deps.upkeepPool, ARCHIVER_GROUP);
  const routed = await listConsumerWatermarks(deps.upkeepPool, ROUTER_GROUP);
  if (archived.size < SHARD_COUNT) {
    return null;
  }
  return Math.min(...archived.values(), ...routed.values()) - SETTLE_AFTER_MS;
}

function floorTo(unitMs: number, atMs: number): number {
  return atMs - (atMs % unitMs);
}

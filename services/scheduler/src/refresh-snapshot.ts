import { listEndpointPlans } from "@alivemcp/db/queries/endpoint-plans-system";
import { listOptOuts } from "@alivemcp/db/queries/opt-outs-system";
import { writeOptOutMirror } from "@alivemcp/runtime/opt-out-mirror";
import type { Deps } from "./deps.ts";
import type { SnapshotAge } from "./snapshot.ts";

type RefreshDeps = Pick<Deps, "pool" | "redis" | "snapshot" | "snapshotAge" | "clock" | "log" | "metrics">;

/** Transactions of others that were open at the last read show up within this. */
const OVERLAP_MS = 60_000;
/** Everything is read anew this often: endpoints grow long dead by the mere passing of time. */
const FULL_EVERY_MS = 10 * 60_000;

/**
 * Brings the snapshot up to date. Reads what changed since the last time; everything when it is the first time or ten
 * minutes ago, when opt-outs changed, or when the count of endpoints shows that some were deleted. Mirrors the opt-outs
 * to Redis for who cannot read them.
 */
export async function refreshSnapshot(deps: RefreshDeps): Promise<void> {
  const { snapshot, snapshotAge } = deps;
  const nowMs = deps.clock.nowMs();
  const optOuts = await listOptOuts(deps.pool);
  const { last } = snapshotAge;
  const isStale = last === null || nowMs - last.fullAtMs >= FULL_EVERY_MS || !isSame(last.optOuts, optOuts);
  if (last === null || isStale || !(await applyChanges(deps, last, nowMs))) {
    const read = await listEndpointPlans(deps.pool, { changedSinceMs: null });
    snapshot.replaceAll(read.plans, optOuts, nowMs);
    snapshotAge.last = { readAtMs: read.readAtMs, fullAtMs: nowMs, optOuts };
    deps.log.info({ endpoints: snapshot.plans.size }, "read every endpoint");
  }
  deps.metrics.snapshotEndpoints.set(snapshot.plans.size);
  deps.metrics.snapshotReadAt.set(nowMs / 1_000);
  await writeOptOutMirror(deps.redis, optOuts);
}

/** False when the snapshot holds more or fewer endpoints than the database after the changes. */
async function applyChanges(
  deps: RefreshDeps,
  last: NonNullable<SnapshotAge["last"]>,
  nowMs: number,
): Promise<boolean> {
  const { snapshot, snapshotAge } = deps;
  const read = await listEndpointPlans(deps.pool, { changedSinceMs: last.readAtMs - OVERLAP_MS });
  const changed = read.plans.filter((plan) => !isSame(snapshot.plans.get(plan.id), plan));
  snapshot.applyChanges(changed, read.pausedIds, nowMs);
  snapshotAge.last = { ...last, readAtMs: read.readAtMs };
  return snapshot.plans.size === read.watchedCount;
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

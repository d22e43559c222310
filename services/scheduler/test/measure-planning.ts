import { WINDOW_MS, windowOf } from "@alivemcp/core/schedule";
import { SHARDS } from "@alivemcp/core/shard";
import { newTraceparent } from "@alivemcp/runtime/traceparent";
import { openTestDatabase } from "../../../db/test/database.ts";
import { openTestRedis } from "../../runtime/test/redis.ts";
import { claimWindows, finishWindows } from "../src/claim-windows.ts";
import { enqueueJobs } from "../src/enqueue-jobs.ts";
import { planWindow } from "../src/plan-window.ts";
import { refreshSnapshot } from "../src/refresh-snapshot.ts";
import { addEndpoints, openTestScheduler } from "./open-test-scheduler.ts";

export interface PlanningCost {
  readonly endpoints: number;
  readonly jobs: number;
  /** CPU of this process for one minute: six refreshes of the snapshot, every window claimed, built and marked done. */
  readonly cpuS: number;
  /** CPU of reading every endpoint once, which happens every ten minutes; a tenth of it is part of `cpuS`. */
  readonly fullReadCpuS: number;
  /** CPU per job handed to its queue, measured over one window. */
  readonly enqueueUsPerJob: number;
}

/** Measures one minute of scheduling `endpoints` claimed endpoints from five regions. Needs the test services. */
export async function measurePlanning(endpoints: number): Promise<PlanningCost> {
  const [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  let nowMs = windowOf(Date.now()) + 60_000;
  const { deps, state } = await openTestScheduler({ database, redis, clock: { nowMs: () => nowMs } });
  try {
    await addEndpoints(database, endpoints);
    // Rows count as changed for a minute after they were written.
    await database
      .pool("super")
      .query(
        "SET session_replication_role = replica; UPDATE endpoints SET updated_at = now() - interval '1 hour'",
      );
    await database.pool("super").query("ANALYZE endpoints");
    const fullReadCpuS = await cpuSecondsOf(() => refreshSnapshot(deps));
    let jobs = 0;
    const minuteCpuS = await cpuSecondsOf(async () => {
      for (let window = 0; window < 12; window += 1) {
        if (window % 2 === 0) {
          await refreshSnapshot(deps);
        }
        const windowAtMs = windowOf(nowMs);
        for (let claims = 0; claims < SHARDS.length; ) {
          const taken = await claimWindows(deps, { windowsAtMs: [windowAtMs], limit: 4 });
          for (const claim of taken) {
            const slots = planWindow({ ...deps, conditions: state.conditions, newTraceparent }, claim);
            jobs += slots.reduce((sum, slot) => sum + slot.jobs.length, 0);
          }
          await finishWindows(deps, taken);
          claims += taken.length;
        }
        nowMs += WINDOW_MS;
      }
    });
    const sample = SHARDS.flatMap((shard) =>
      planWindow(
        { ...deps, conditions: state.conditions, newTraceparent },
        { shard, windowAtMs: windowOf(nowMs) },
      ),
    ).flatMap((slot) => slot.jobs);
    const enqueueCpuS = await cpuSecondsOf(() => enqueueJobs(deps, sample));
    return {
      endpoints,
      jobs,
      cpuS: minuteCpuS + fullReadCpuS / 10,
      fullReadCpuS,
      enqueueUsPerJob: (enqueueCpuS * 1e6) / Math.max(1, sample.length),
    };
  } finally {
    await deps.close();
    await Promise.all([database.close(), redis.close()]);
  }
}

async function cpuSecondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

import { makePartitionsAhead } from "@alivemcp/db/queries/partitions-system";
import { openOpsServer, type ReadinessCheck } from "@alivemcp/runtime/ops-server";
import { everyTick, type PeriodicTask } from "@alivemcp/runtime/periodic";
import type { ShardConsumer } from "@alivemcp/runtime/shard-consumer";
import { consumeVerdicts } from "./consume-verdicts.ts";
import type { Deps } from "./deps.ts";
import { dropExpired } from "./drop-expired.ts";
import { eraseDue } from "./erase-due.ts";
import { createProgressNotes } from "./note-progress.ts";
import { createMemoryRefresh } from "./refresh-memory.ts";
import { createWindowRefresh } from "./refresh-windows.ts";
import { reviewDrift } from "./review-drift.ts";
import { settleReleases } from "./settle-releases.ts";
import { settleSums } from "./settle-sums.ts";
import { withRest } from "./with-rest.ts";

export interface RunningArchiver {
  /** Port of metrics and readiness. */
  readonly opsPort: number;
  /** Shards leased to this process now. */
  shards(): readonly string[];
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Starts reading the stream and the tasks of upkeep; `stop` finishes the batches in hand and gives the shards back. */
export async function startArchiver(deps: Deps): Promise<RunningArchiver> {
  const { config, log } = deps;
  await makePartitionsAhead(deps.upkeepPool, deps.clock.nowMs());
  const archive = consumeVerdicts(deps);
  const tasks = startTasks(deps, archive);
  const ops = await openOpsServer({
    host: config.METRICS_HOST,
    port: config.METRICS_PORT,
    metrics: deps.registry,
    checks: readinessChecks(deps, archive),
    tasks: [archive, ...tasks],
  });
  log.info({ opsPort: ops.port, batchMax: deps.batchMax }, "archiving");
  return {
    opsPort: ops.port,
    shards: archive.shards,
    async stop() {
      ops.startDraining();
      await Promise.all(tasks.map((task) => task.stop()));
      await archive.stop();
      await ops.close();
      await deps.close();
    },
  };
}

function startTasks(deps: Deps, archive: ShardConsumer): readonly PeriodicTask[] {
  const task = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    everyTick({
      name,
      everyMs,
      clock: deps.clock,
      run: async () => {
        const stopTimer = deps.metrics.upkeepSeconds.startTimer({ task: name });
        await run();
        stopTimer();
      },
      onError: (err) => deps.log.error({ err, task: name }, "failed, trying again"),
    });
  const alone = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    task(name, everyMs, () => deps.locks.alone(name, run));
  return [
    task("progress", 5_000, createProgressNotes(deps, archive.held)),
    task("partitions", 10 * MINUTE_MS, () => makePartitionsAhead(deps.upkeepPool, deps.clock.nowMs())),
    alone("windows", 30_000, createWindowRefresh(deps)),
    alone("memory", MINUTE_MS, createMemoryRefresh(deps)),
    alone("drift", 5 * MINUTE_MS, () => reviewDrift(deps)),
    alone("releases", MINUTE_MS, () => settleReleases(deps)),
    alone(
      "sums",
      MINUTE_MS,
      withRest(deps.clock, () => settleSums(deps)),
    ),
    alone("expiry", HOUR_MS, () => dropExpired(deps)),
    alone("erasure", MINUTE_MS, () => eraseDue(deps)),
  ];
}

function readinessChecks(deps: Deps, archive: ShardConsumer): readonly ReadinessCheck[] {
  return [
    {
      name: "postgres",
      check: async () => {
        await deps.pool.query("SELECT 1");
        return { isReady: true, facts: { waiting: deps.pool.waitingCount, open: deps.pool.totalCount } };
      },
    },
    { name: "redis", check: async () => ({ isReady: (await deps.redis.ping()) === "PONG" }) },
    { name: "shards", check: () => ({ isReady: true, facts: { held: archive.shards().length } }) },
  ];
}

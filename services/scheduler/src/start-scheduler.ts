import { deleteScheduleWindowsBefore } from "@alivemcp/db/queries/schedule-claims-system";
import { openOpsServer, type ReadinessCheck } from "@alivemcp/runtime/ops-server";
import { everyTick } from "@alivemcp/runtime/periodic";
import { startSealer } from "@alivemcp/runtime/sealer";
import { initialConditions, readConditions } from "./conditions.ts";
import type { Deps } from "./deps.ts";
import { refreshSnapshot } from "./refresh-snapshot.ts";
import { TICK_EVERY_MS, type TickState, tick } from "./tick.ts";

export interface RunningScheduler {
  /** Port of metrics and readiness. */
  readonly opsPort: number;
  stop(): Promise<void>;
}

const SNAPSHOT_EVERY_MS = 10_000;
const CONDITIONS_EVERY_MS = 10_000;
const QUEUE_DEPTH_EVERY_MS = 15_000;
const CLEAN_UP_EVERY_MS = 60_000;
const CLAIMS_KEPT_MS = 5 * 60_000;

/** Starts the loops and the operators' port; `stop` lets the turn in flight end and closes everything in reverse. */
export async function startScheduler(deps: Deps): Promise<RunningScheduler> {
  const { config, clock, log } = deps;
  const task = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    everyTick({ name, everyMs, clock, run, onError: (err) => log.warn({ err }, `${name} failed`) });
  const state: TickState = { secondLastDone: 0, conditions: initialConditions(deps.regions), open: [] };
  const tasks = [
    task("snapshot", SNAPSHOT_EVERY_MS, () => refreshSnapshot(deps)),
    task("conditions", CONDITIONS_EVERY_MS, async () => {
      state.conditions = await readConditions(deps, state.conditions);
    }),
    task("tick", TICK_EVERY_MS, () => tick(deps, state)),
    task("queue-depth", QUEUE_DEPTH_EVERY_MS, () => measureQueues(deps)),
    task("clean-up", CLEAN_UP_EVERY_MS, () =>
      deleteScheduleWindowsBefore(deps.claimPool, clock.nowMs() - CLAIMS_KEPT_MS),
    ),
    startSealer({
      redis: deps.redis,
      clock,
      metrics: deps.registry,
      onError: (err) => log.warn({ err }, "sealer failed"),
    }),
  ];
  const ops = await openOpsServer({
    host: config.METRICS_HOST,
    port: config.METRICS_PORT,
    metrics: deps.registry,
    checks: readinessChecks(deps, state),
    // Without Postgres the scheduler goes on from its snapshot: only what probing itself needs decides.
    tasks: tasks.filter(({ name }) => name !== "snapshot" && name !== "clean-up"),
  });
  log.info({ regions: deps.regions, opsPort: ops.port, schedulerId: deps.schedulerId }, "scheduling");
  return {
    opsPort: ops.port,
    async stop() {
      ops.startDraining();
      await Promise.all(tasks.map((each) => each.stop()));
      await ops.close();
      await deps.close();
    },
  };
}

function readinessChecks(deps: Deps, state: TickState): readonly ReadinessCheck[] {
  return [
    { name: "redis", check: async () => ({ isReady: (await deps.redis.ping()) === "PONG" }) },
    {
      name: "snapshot",
      check: () => ({
        isReady: deps.snapshotAge.last !== null,
        facts: {
          endpoints: deps.snapshot.plans.size,
          readAtMs: deps.snapshotAge.last?.readAtMs ?? null,
          poolWaiting: deps.pool.waitingCount,
        },
      }),
    },
    {
      name: "conditions",
      check: () => ({
        isReady: true,
        facts: {
          pressure: state.conditions.pressure,
          regionsAtWork: state.conditions.regionsAtWork,
          slowedDown: state.conditions.slowedDown.size,
          claimsIn: deps.clock.nowMs() < deps.claimStore.postgresRestsUntilMs ? "redis" : "postgres",
        },
      }),
    },
  ];
}

async function measureQueues(deps: Deps): Promise<void> {
  for (const [region, queue] of deps.queues) {
    deps.metrics.queueDepth.set({ region }, await queue.getWaitingCount());
  }
}

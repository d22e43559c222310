import { openOpsServer, type ReadinessCheck } from "@alivemcp/runtime/ops-server";
import { everyTick } from "@alivemcp/runtime/periodic";
import type { Deps } from "./deps.ts";
import { openRegionQueues, type RegionQueues } from "./region-queues.ts";
import { SELF_CHECK_TICK_MS } from "./self-checks.ts";

export interface RunningWorker {
  /** Port of metrics and readiness. */
  readonly opsPort: number;
  stop(): Promise<void>;
}

const QUEUE_COUNT_EVERY_MS = 15_000;
const CHILD_FACTS_EVERY_MS = 1_000;
/** Left of the grace after draining: jobs given back, children ended, connections closed. */
const CLOSING_MS = 3_000;

/** Starts intake, self-checks and the operators' port; `stop` undoes it in the reverse order and loses no job. */
export async function startWorker(deps: Deps): Promise<RunningWorker> {
  const { config, clock, log } = deps;
  const queues = openRegionQueues(deps);
  const task = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    everyTick({ name, everyMs, clock, run, onError: (err) => log.warn({ err }, name) });
  const tasks = [
    task("self-checks", SELF_CHECK_TICK_MS, async () => deps.selfChecks.run()),
    task("queue-counts", QUEUE_COUNT_EVERY_MS, () => countQueues(deps, queues)),
    task("child-facts", CHILD_FACTS_EVERY_MS, () => noteChildren(deps)),
  ];
  const ops = await openOpsServer({
    host: config.METRICS_HOST,
    port: config.METRICS_PORT,
    metrics: deps.registry,
    checks: readinessChecks(deps, queues),
    tasks,
  });
  log.info({ regions: config.PROBE_REGIONS, opsPort: ops.port }, "probing");
  return {
    opsPort: ops.port,
    async stop() {
      ops.startDraining();
      await queues.stop(Math.max(config.SHUTDOWN_GRACE_MS - CLOSING_MS, config.SHUTDOWN_GRACE_MS / 2));
      await Promise.all(tasks.map((each) => each.stop()));
      await ops.close();
      await deps.close();
    },
  };
}

function readinessChecks(deps: Deps, queues: RegionQueues): readonly ReadinessCheck[] {
  return [
    {
      name: "redis",
      check: async () => ({ isReady: (await deps.redis.ping()) === "PONG" }),
    },
    {
      name: "children",
      check: () => ({
        isReady: deps.fleet.isReady,
        facts: { children: deps.fleet.lanes.length, inFlight: deps.fleet.inFlight },
      }),
    },
    {
      name: "queues",
      check: async () => ({
        isReady: true,
        facts: Object.fromEntries((await queues.countJobs()).map(({ queue, counts }) => [queue, counts])),
      }),
    },
  ];
}

async function countQueues(deps: Deps, queues: RegionQueues): Promise<void> {
  for (const { queue, counts } of await queues.countJobs()) {
    for (const [state, count] of Object.entries(counts)) {
      deps.metrics.queueDepth.set({ queue, state }, count);
    }
  }
}

async function noteChildren({ fleet, metrics }: Deps): Promise<void> {
  const { lanes } = fleet;
  metrics.children.set(lanes.length);
  metrics.inFlight.set(fleet.inFlight);
  metrics.line.set(fleet.lineFor("").total);
  metrics.loopDelaySeconds.set(Math.max(0, ...lanes.map((lane) => lane.loopDelayMs)) / 1_000);
}

import { ROUTER_GROUP } from "@alivemcp/core/pipeline";
import { claimConsumerFence } from "@alivemcp/db/queries/consumer-fences-system";
import { countOpenConfirmations } from "@alivemcp/db/queries/endpoint-states-system";
import { openOpsServer, type ReadinessCheck } from "@alivemcp/runtime/ops-server";
import { everyTick } from "@alivemcp/runtime/periodic";
import { startShardConsumer } from "@alivemcp/runtime/shard-consumer";
import { ensureDefaultSinks } from "./alerts/ensure-default-sinks.ts";
import { StaleLeaseError } from "./commit-decisions.ts";
import { startDelivering } from "./deliver/start-delivering.ts";
import type { Deps } from "./deps.ts";
import { resumeShard } from "./resume-shard.ts";
import { routeBatch } from "./route-batch.ts";
import { startTellingSubscribers } from "./subscribers/start-telling-subscribers.ts";
import { sweepShard } from "./sweep-shard.ts";
import { sweepGroups } from "./sweeps/sweep-groups.ts";
import { sweepIncidentTenants, sweepPublicUpdates } from "./sweeps/sweep-incident-tenants.ts";
import { sweepIncidents } from "./sweeps/sweep-incidents.ts";
import { sweepOrphanedThreads } from "./sweeps/sweep-orphaned-threads.ts";
import { sweepDrift, sweepExpiries } from "./sweeps/sweep-warnings.ts";
import { startUpkeep } from "./upkeep/start-upkeep.ts";

export interface RunningRouter {
  /** Port of metrics and readiness. */
  readonly opsPort: number;
  /** Shards leased to this process now. */
  shards(): readonly string[];
  stop(): Promise<void>;
}

const SWEEP_EVERY_MS = 1_000;
const COUNT_EVERY_MS = 5_000;
const WARN_EVERY_MS = 5_000;
/** Looks through every endpoint, for what is told days ahead. */
const EXPIRE_EVERY_MS = 60_000;

/** Starts reading the stream and sweeping deadlines; `stop` finishes what is in hand and gives the shards back. */
export async function startRouter(deps: Deps): Promise<RunningRouter> {
  const { config, clock, log } = deps;
  const consumer = startShardConsumer(
    { redis: deps.streamRedis, clock, metrics: deps.registry, onError: (err) => logRetry(deps, err) },
    {
      group: ROUTER_GROUP,
      claimFence: (shard) => claimConsumerFence(deps.pool, { consumerGroup: ROUTER_GROUP, shard }),
      handle: (shard, fence, entries) =>
        routeBatch(deps, { shard, fence, entries: entries.map(({ entry }) => entry) }),
      onBroken: (shard, broken) =>
        log.error({ shard, ...broken }, "an entry could not be read and was set aside"),
    },
  );
  const sweep = createSweep(deps, consumer.held);
  const task = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    everyTick({ name, everyMs, clock, run, onError: (err) => logRetry(deps, err) });
  const timers = [
    task("deadlines", SWEEP_EVERY_MS, sweep),
    task("incidents", SWEEP_EVERY_MS, () => sweepIncidents(deps)),
    task("deleted endpoints", SWEEP_EVERY_MS, () => sweepOrphanedThreads(deps)),
    task("groups", SWEEP_EVERY_MS, () => sweepGroups(deps)),
    task("answers", SWEEP_EVERY_MS, async () => {
      await sweepIncidentTenants(deps);
      await sweepPublicUpdates(deps);
    }),
    task("drift", WARN_EVERY_MS, () => sweepDrift(deps)),
    task("expiries", EXPIRE_EVERY_MS, () => sweepExpiries(deps)),
    task("default sinks", WARN_EVERY_MS, () =>
      ensureDefaultSinks(deps.pool, { keys: deps.sinkKeys, tenantIds: null, nowMs: clock.nowMs() }),
    ),
    task("counts", COUNT_EVERY_MS, async () =>
      deps.metrics.openConfirmations.set(await countOpenConfirmations(deps.pool, consumer.shards())),
    ),
    ...startUpkeep(deps, consumer),
  ];
  const delivering = startDelivering(deps.deliver);
  const telling = startTellingSubscribers(deps);
  const ops = await openOpsServer({
    host: config.METRICS_HOST,
    port: config.METRICS_PORT,
    metrics: deps.registry,
    checks: readinessChecks(deps, () => consumer.shards().length),
    tasks: [consumer, ...timers, ...delivering.tasks, ...telling.tasks],
  });
  log.info({ opsPort: ops.port, regions: deps.regions }, "routing");
  return {
    opsPort: ops.port,
    shards: consumer.shards,
    async stop() {
      ops.startDraining();
      await Promise.all(timers.map((timer) => timer.stop()));
      await Promise.all([consumer.stop(), delivering.stop(), telling.stop()]);
      await ops.close();
      await deps.close();
    },
  };
}

/** One turn over all held shards: those newly taken are resumed, then deadlines are told. One shard's failure is its own. */
function createSweep(
  deps: Deps,
  held: () => readonly { readonly shard: string; readonly fence: number }[],
): () => Promise<void> {
  const resumed = new Map<string, number>();
  return async () => {
    const outcomes = await Promise.allSettled(
      held().map(async (lease) => {
        if (resumed.get(lease.shard) !== lease.fence) {
          const found = await resumeShard(deps, lease);
          resumed.set(lease.shard, lease.fence);
          deps.log.info({ ...lease, ...found }, "shard taken over");
        }
        await sweepShard(deps, lease);
      }),
    );
    const failed = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    for (const err of failed) {
      logRetry(deps, err);
    }
    // Readiness hears of it only when nothing at all could be swept.
    if (failed.length > 0 && failed.length === outcomes.length) {
      throw new Error("no shard could be swept", { cause: failed[0] });
    }
  };
}

/** A lease that moved on is the ordinary end of one; everything else is told to operators. */
function logRetry(deps: Pick<Deps, "log">, err: unknown): void {
  const isStale =
    err instanceof StaleLeaseError || (err instanceof Error && err.cause instanceof StaleLeaseError);
  deps.log[isStale ? "info" : "error"]({ err }, isStale ? "a shard moved on" : "failed, trying again");
}

function readinessChecks(deps: Deps, countShards: () => number): readonly ReadinessCheck[] {
  return [
    {
      name: "postgres",
      check: async () => {
        await deps.pool.query("SELECT 1");
        return { isReady: true, facts: { waiting: deps.pool.waitingCount, open: deps.pool.totalCount } };
      },
    },
    { name: "redis", check: async () => ({ isReady: (await deps.redis.ping()) === "PONG" }) },
    { name: "shards", check: () => ({ isReady: true, facts: { held: countShards() } }) },
  ];
}

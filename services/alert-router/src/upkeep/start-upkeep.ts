/** Upkeep of alerting: what is due by the clock alone, beside the stream. Each task runs in one router at a time. */
import { tryUpkeepLock } from "@alivemcp/db/queries/upkeep-lock-system";
import { everyTick, type PeriodicTask } from "@alivemcp/runtime/periodic";
import type { Deps } from "../deps.ts";
import { beatDeadMan } from "./beat-dead-man.ts";
import { forgetOldAlerts } from "./forget-old-alerts.ts";
import { sendHourlyDigests } from "./send-hourly-digests.ts";
import { sendWeeklyDigests } from "./send-weekly-digests.ts";
import { sweepClusters } from "./sweep-clusters.ts";
import { watchBurnRates } from "./watch-burn-rates.ts";
import { watchOwnHealth } from "./watch-own-health.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Pages go out at once: a cluster is worth the more the sooner it opens. */
const CLUSTERS_EVERY_MS = 5_000;

/** Starts all tasks; whoever stops them waits for those in flight. */
export function startUpkeep(deps: Deps, consumer: Pick<PeriodicTask, "ageMs">): readonly PeriodicTask[] {
  const inTurn = createTurn();
  const task = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    everyTick({
      name,
      everyMs,
      clock: deps.clock,
      run,
      onError: (err) => deps.log.error({ err, task: name }, "upkeep failed, trying again"),
    });
  const inTurnAlone = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    task(name, everyMs, () => inTurn(() => runAlone(deps, name, run)));
  return [
    // Not in turn: it must beat while other upkeep takes long.
    task("dead man", MINUTE_MS, () => beatDeadMan(deps, { sinceStreamReadMs: consumer.ageMs() })),
    // Nor this: pages go out meanwhile.
    task("clusters", CLUSTERS_EVERY_MS, () => runAlone(deps, "clusters", () => sweepClusters(deps))),
    inTurnAlone("own health", MINUTE_MS, () => watchOwnHealth(deps)),
    inTurnAlone("burn rates", MINUTE_MS, () => watchBurnRates(deps)),
    inTurnAlone("old alerts", HOUR_MS, () => forgetOldAlerts(deps)),
    inTurnAlone("hourly digests", MINUTE_MS, () => sendHourlyDigests(deps)),
    inTurnAlone("weekly digests", MINUTE_MS, () => sendWeeklyDigests(deps)),
  ];
}

/** What is not urgent takes two connections at most, one for its lock and one for its work. */
function createTurn(): (run: () => Promise<void>) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const next = last.then(run, run);
    last = next.catch(() => undefined);
    return next;
  };
}

/** A crash frees the lock with its connection. Tasks bear to run twice at once: the lock only saves work. */
async function runAlone(deps: Pick<Deps, "pool">, name: string, run: () => Promise<unknown>): Promise<void> {
  const client = await deps.pool.connect();
  let isUsable = false;
  try {
    const lock = await tryUpkeepLock(client, `alerts: ${name}`);
    if (lock !== null) {
      await run().finally(() => lock.release());
    }
    isUsable = true;
  } finally {
    client.release(!isUsable);
  }
}

import { buildLookJob, type NamedJob } from "@alivemcp/core/build-job";
import { hostBudget } from "@alivemcp/core/start-budget";
import { reserveStarts } from "@alivemcp/runtime/reserve-starts";
import { newTraceparent } from "@alivemcp/runtime/traceparent";
import type { DecidedEndpoint } from "./decided-endpoint.ts";
import type { Deps } from "./deps.ts";
import { within } from "./within.ts";

export type AskDeps = Pick<Deps, "pool" | "redis" | "queues" | "clock" | "metrics" | "log" | "ticketKey">;

const QUEUE_TIMEOUT_MS = 5_000;
/** Looks at a host that is asked a lot are spread over so many seconds; a look is open for 15. */
const SPREAD_S = 5;

/**
 * Adds the look jobs that decisions asked for and that still matter, at the head of their regions' queues. An id added
 * before adds nothing. Rejects when Redis does not take them in time.
 */
export async function askLooks(
  deps: Omit<AskDeps, "pool">,
  decided: readonly Pick<DecidedEndpoint, "plan" | "policy" | "after" | "actions">[],
): Promise<void> {
  const jobs = (await Promise.all(decided.map((one) => jobsOf(deps, one)))).flat();
  const byRegion = Map.groupBy(jobs, ({ data }) => data.region);
  await within(
    QUEUE_TIMEOUT_MS,
    "adding look jobs",
    Promise.all(
      [...byRegion].map(async ([region, ofRegion]) => {
        await deps.queues
          .get(region)
          ?.addBulk(
            ofRegion.map(({ id, data }) => ({ name: data.kind, data, opts: { jobId: id, lifo: true } })),
          );
        for (const { data } of ofRegion) {
          deps.metrics.looksAsked.inc({ region, look: data.look?.n ?? 0 });
        }
      }),
    ),
  );
}

async function jobsOf(
  deps: Omit<AskDeps, "pool">,
  { plan, policy, after, actions }: Pick<DecidedEndpoint, "plan" | "policy" | "after" | "actions">,
): Promise<NamedJob[]> {
  const jobs: NamedJob[] = [];
  for (const action of actions) {
    // Of a confirmation that a later event of the same batch ended nothing is asked any more.
    if (action.kind !== "probe-now" || after.confirmation?.startMs !== action.confirmation) {
      continue;
    }
    const notBeforeMs = await reserveHost(deps, plan.host, action.notBeforeMs, action.regions.length);
    if (notBeforeMs === null) {
      deps.metrics.looksRefused.inc({ budget: "host" });
      continue;
    }
    const { confirmation, n, minute, regions } = action;
    const regionsAsked = [...new Set([...policy.eligibleRegions, ...regions])].sort();
    jobs.push(
      ...regions.map((region) =>
        buildLookJob(plan, {
          confirmation,
          n,
          notBeforeMs,
          minute,
          region,
          regionsAsked,
          traceparent: newTraceparent(),
          ticketKey: deps.ticketKey,
        }),
      ),
    );
  }
  return jobs;
}

/** The first of the next seconds in which the host may be asked that often; null when it is asked too much already. */
async function reserveHost(
  deps: Pick<Deps, "redis">,
  host: string,
  atMs: number,
  count: number,
): Promise<number | null> {
  for (let second = 0; second < SPREAD_S; second += 1) {
    const notBeforeMs = atMs + second * 1_000;
    if (await reserveStarts(deps.redis, hostBudget(host, notBeforeMs), count)) {
      return notBeforeMs;
    }
  }
  return null;
}

import { buildNowJob } from "@alivemcp/core/build-job";
import { type EndpointPlan, regionsOfEndpoint } from "@alivemcp/core/endpoint-plan";
import { checkBudget, hostBudget } from "@alivemcp/core/start-budget";
import { findEndpointPlan } from "@alivemcp/db/queries/endpoint-plans";
import type { TenantScope } from "@alivemcp/db/tenant-scope";
import { reserveStarts } from "@alivemcp/runtime/reserve-starts";
import { newTraceparent } from "@alivemcp/runtime/traceparent";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { ActionDeps } from "../action-deps.ts";

type RequestDeps = Pick<ActionDeps, "pool" | "redis" | "probeQueues" | "clock" | "log" | "ticketKey">;

/** What became of the wish for a probe out of turn. */
export type ProbeRequest =
  /** One job per region, in the queues of `probeQueues`; their progress and answers are kept for three minutes. */
  | {
      readonly kind: "requested";
      readonly requestedAtMs: number;
      readonly jobs: readonly { readonly region: string; readonly jobId: string }[];
    }
  /** The host was asked often enough this minute. */
  | { readonly kind: "limited" }
  /** The queues cannot be reached, or the endpoint is gone. */
  | { readonly kind: "unavailable" };

/**
 * Asks every region of the endpoint for a probe now, so that a verdict is there within seconds. Never rejects for a
 * missing Redis: the endpoint's next slot is at most a cadence away.
 */
export async function requestProbe(
  deps: RequestDeps,
  scope: TenantScope,
  endpointId: string,
): Promise<ProbeRequest> {
  const plan = await findEndpointPlan(scope, deps.pool, endpointId);
  if (plan === null) {
    return { kind: "unavailable" };
  }
  const regionsAsked = regionsOfEndpoint(plan, [...deps.probeQueues.keys()]);
  const requestedAtMs = deps.clock.nowMs();
  const traceparent = newTraceparent();
  try {
    if (
      !(await withDeadline(
        fitsBudgets(deps, plan, { atMs: requestedAtMs, starts: regionsAsked.length }),
        DEADLINE_MS,
      ))
    ) {
      deps.log.info(
        { endpointId: plan.id, host: plan.host },
        "no immediate probe: the host's budget is spent",
      );
      return { kind: "limited" };
    }
    const jobs = regionsAsked.map((region) => ({
      region,
      job: buildNowJob(plan, { requestedAtMs, region, regionsAsked, traceparent, ticketKey: deps.ticketKey }),
    }));
    const adds = jobs.map(({ region, job }) =>
      deps.probeQueues.get(region)?.add("now", job.data, { jobId: job.id }),
    );
    await withDeadline(Promise.all(adds), DEADLINE_MS);
    return {
      kind: "requested",
      requestedAtMs,
      jobs: jobs.map(({ region, job }) => ({ region, jobId: job.id })),
    };
  } catch (err) {
    deps.log.warn({ err, endpointId: plan.id }, "could not ask for an immediate probe");
    return { kind: "unavailable" };
  }
}

/** The same for verbs that have something else to say: whether a probe is on its way. */
export async function requestProbeNow(
  deps: RequestDeps,
  scope: TenantScope,
  endpointId: string,
): Promise<boolean> {
  return (await requestProbe(deps, scope, endpointId)).kind === "requested";
}

/** A registration counts once a minute beside the checks of the same host, and with each of its starts this second. */
async function fitsBudgets(
  { redis }: Pick<ActionDeps, "redis">,
  plan: EndpointPlan,
  { atMs, starts }: { readonly atMs: number; readonly starts: number },
): Promise<boolean> {
  return (
    (await reserveStarts(redis, checkBudget(plan.host, atMs), 1)) &&
    (await reserveStarts(redis, hostBudget(plan.host, atMs), starts))
  );
}

/** BullMQ waits for Redis to come back; a person who registers an endpoint does not. */
const DEADLINE_MS = 3_000;

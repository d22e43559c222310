import { buildNowJob } from "@alivemcp/core/build-job";
import { regionsOfEndpoint } from "@alivemcp/core/endpoint-plan";
import { findEndpointPlan } from "@alivemcp/db/queries/endpoint-plans";
import type { TenantScope } from "@alivemcp/db/tenant-scope";
import { newTraceparent } from "@alivemcp/runtime/traceparent";
import type { Deps } from "./deps.ts";

/**
 * Asks every region of the endpoint for a probe now, so that a verdict is there within seconds. Returns false when the
 * queues cannot be reached: the endpoint is registered all the same, and its next slot is at most a cadence away.
 */
export async function requestProbeNow(
  deps: Pick<Deps, "pool" | "probeQueues" | "clock" | "log">,
  scope: TenantScope,
  endpointId: string,
): Promise<boolean> {
  const plan = await findEndpointPlan(scope, deps.pool, endpointId);
  if (plan === null) {
    return false;
  }
  const regionsAsked = regionsOfEndpoint(plan, [...deps.probeQueues.keys()]);
  const requestedAtMs = deps.clock.nowMs();
  const traceparent = newTraceparent();
  const adds = regionsAsked.map((region) => {
    const job = buildNowJob(plan, { requestedAtMs, region, regionsAsked, traceparent });
    return deps.probeQueues.get(region)?.add("now", job.data, { jobId: job.id });
  });
  try {
    await withDeadline(Promise.all(adds));
    return true;
  } catch (err) {
    deps.log.warn({ err, endpointId: plan.id }, "could not ask for an immediate probe");
    return false;
  }
}

const DEADLINE_MS = 3_000;

/** BullMQ waits for Redis to come back; a person who registers an endpoint does not. */
function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`queues did not answer within ${DEADLINE_MS} ms`)),
      DEADLINE_MS,
    );
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

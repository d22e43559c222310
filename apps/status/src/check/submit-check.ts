import { randomUUID } from "node:crypto";
import { normalizedUrl } from "@alivemcp/core/endpoint-url";
import { checkJobId, regionKey } from "@alivemcp/core/pipeline";
import { isRegionEligible } from "@alivemcp/core/region-heartbeat";
import { callerBudget, checkBudget, hostBudget } from "@alivemcp/core/start-budget";
import { TRANSPORTS, type Transport } from "@alivemcp/core/states";
import { checkTarget } from "@alivemcp/probe/check-target";
import { isOptedOutInMirror } from "@alivemcp/runtime/opt-out-mirror";
import { reserveStarts } from "@alivemcp/runtime/reserve-starts";
import { newTraceparent } from "@alivemcp/runtime/traceparent";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { Deps } from "../deps.ts";
import { buildCheckJob } from "./build-check-job.ts";

export type CheckSubmission =
  | { readonly kind: "accepted"; readonly region: string; readonly checkId: string }
  | { readonly kind: "refused"; readonly field: "url" | "transport"; readonly sentence: string }
  | { readonly kind: "limited"; readonly sentence: string; readonly retryAfterS: number }
  | { readonly kind: "unavailable"; readonly sentence: string };

type SubmitDeps = Pick<Deps, "redis" | "checkQueues" | "regions" | "target" | "clock" | "log">;

/** Checks that wait in one region's queue; more would not start within the 30 s after which a job is dropped. */
const WAITING_MAX = 100;
/** Job and result are kept this long: as long as the page of a check can be shown. */
const KEPT_S = 3_600;
/** Budgets are counted by the minute of the clock. */
const RETRY_AFTER_S = 60;
const QUEUE_DEADLINE_MS = 3_000;
const AWAY = "Checks cannot be run at the moment. Please try again in a minute.";
const OPTED_OUT = "Whoever runs this endpoint asked us not to probe it.";

/** Takes a stranger's URL: judged, refused where somebody opted out, counted per caller and host, and queued in the least busy region that is alive. */
export async function submitCheck(
  deps: SubmitDeps,
  request: { readonly url: string; readonly transport: string; readonly caller: string },
): Promise<CheckSubmission> {
  const transport = TRANSPORTS.find((known) => known === request.transport);
  if (transport === undefined) {
    return { kind: "refused", field: "transport", sentence: "This transport is not one of the three." };
  }
  const target = await checkTarget(deps.target, request.url);
  if (target.kind === "refused") {
    return { kind: "refused", field: target.field, sentence: target.message };
  }
  const url = new URL(target.url);
  const host = url.hostname;
  try {
    if (await isOptedOutInMirror(deps.redis, { ...target, host, normalizedUrl: normalizedUrl(url) })) {
      return { kind: "refused", field: "url", sentence: OPTED_OUT };
    }
    const refusal = await overBudget(deps, { caller: request.caller, host });
    if (refusal !== null) {
      return { kind: "limited", retryAfterS: RETRY_AFTER_S, sentence: refusal };
    }
    return await enqueue(deps, { ...target, transport });
  } catch (err) {
    deps.log.warn({ err }, "a check could not be queued");
    return { kind: "unavailable", sentence: AWAY };
  }
}

/** Why this check may not start now, or null. The caller's budget is asked first: who is over it spends nothing of the host's. */
async function overBudget(
  { redis, clock }: SubmitDeps,
  { caller, host }: { readonly caller: string; readonly host: string },
): Promise<string | null> {
  const nowMs = clock.nowMs();
  if (!(await reserveStarts(redis, callerBudget(caller, nowMs), 1))) {
    return "You have started ten checks within a minute. Please wait a little.";
  }
  if (!(await reserveStarts(redis, checkBudget(host, nowMs), 1))) {
    return "This host has been checked ten times within a minute. Please wait a little.";
  }
  return (await reserveStarts(redis, hostBudget(host, nowMs), 1))
    ? null
    : "This host is being probed as often as it may be at the moment. Please wait a little.";
}

async function enqueue(
  deps: SubmitDeps,
  target: { readonly url: string; readonly registrableDomain: string; readonly transport: Transport },
): Promise<CheckSubmission> {
  const requestedAtMs = deps.clock.nowMs();
  const region = await leastBusyRegion(deps, requestedAtMs);
  if (region === null) {
    return {
      kind: "unavailable",
      sentence: "No region can run a check right now. Please try again in a minute.",
    };
  }
  const checkId = randomUUID();
  const job = buildCheckJob({ ...target, checkId, region, requestedAtMs, traceparent: newTraceparent() });
  const added = deps.checkQueues.get(region)?.add("check", job, {
    jobId: checkJobId(checkId),
    removeOnComplete: { age: KEPT_S, count: 10_000 },
    removeOnFail: { age: KEPT_S, count: 1_000 },
  });
  await withDeadline(Promise.resolve(added), QUEUE_DEADLINE_MS);
  return { kind: "accepted", region, checkId };
}

/** Null when no region has a living worker whose self-check passed, or all their queues are full. */
async function leastBusyRegion(deps: SubmitDeps, nowMs: number): Promise<string | null> {
  const beats = await Promise.all(deps.regions.map(({ id }) => deps.redis.get(regionKey(id))));
  const alive = deps.regions.filter((_, index) => isRegionEligible(beats[index] ?? null, nowMs));
  const counted = await withDeadline(
    Promise.all(
      alive.map(async ({ id }) => ({
        id,
        waiting: (await deps.checkQueues.get(id)?.getWaitingCount()) ?? 0,
      })),
    ),
    QUEUE_DEADLINE_MS,
  );
  const [best] = counted.toSorted((a, b) => a.waiting - b.waiting);
  return best !== undefined && best.waiting < WAITING_MAX ? best.id : null;
}

import { buildSlotJob, capKeyOf, type NamedJob } from "@alivemcp/core/build-job";
import { type EndpointPlan, regionsOfEndpoint } from "@alivemcp/core/endpoint-plan";
import { PUBLIC_STRETCH } from "@alivemcp/core/memory-pressure";
import { SLOWDOWN_CADENCE_S } from "@alivemcp/core/pipeline";
import { regionsOfSlot, slotInWindow, stretchTiming, type Timing, WINDOW_MS } from "@alivemcp/core/schedule";
import type { Conditions } from "./conditions.ts";
import type { ScheduledEndpoint, Snapshot } from "./snapshot.ts";

/** The jobs of one due slot, one per region. */
export interface PlannedSlot {
  readonly slotAtMs: number;
  readonly jobs: readonly NamedJob[];
  /** What its starts count against when they must be spread over the window's seconds; null: they may start at once. */
  readonly pace: { readonly host: string; readonly unclaimedDomain: string | null } | null;
}

interface PlanInput {
  readonly snapshot: Snapshot;
  /** All of the installation. */
  readonly regions: readonly string[];
  readonly conditions: Conditions;
  readonly newTraceparent: () => string;
  /** Signs the tickets of endpoints that have a credential. */
  readonly ticketKey: string;
}

interface DueSlot {
  readonly endpoint: ScheduledEndpoint;
  readonly timing: Timing;
  readonly slotAtMs: number;
}

/** From this many starts that may fall into one second, a host's budget is counted. Less can never use up its 60. */
const HOST_STARTS_COUNTED = 20;

/**
 * Every slot of a shard that is due in the window, in the order of slots, with its jobs. Pure but for `traceparent`,
 * which is asked once per slot.
 */
export function planWindow(
  input: PlanInput,
  claim: { shard: string; windowAtMs: number },
): readonly PlannedSlot[] {
  const { snapshot, conditions } = input;
  const due: DueSlot[] = [];
  for (const endpoint of snapshot.ofShard(claim.shard)) {
    const timing = timingNow(endpoint, conditions);
    const slotAtMs = timing && slotInWindow(timing, claim.windowAtMs, claim.windowAtMs + WINDOW_MS);
    if (timing !== null && slotAtMs !== null && slotAtMs >= (endpoint.plan.retryAfterUntilMs ?? 0)) {
      due.push({ endpoint, timing, slotAtMs });
    }
  }
  due.sort((a, b) => a.slotAtMs - b.slotAtMs);
  return due.flatMap((slot) => {
    const planned = planSlot(input, slot, claim.windowAtMs);
    return planned ? [planned] : [];
  });
}

/** Null when none of the endpoint's regions is at work. */
function planSlot(input: PlanInput, due: DueSlot, windowAtMs: number): PlannedSlot | null {
  const { timing, slotAtMs } = due;
  const { plan, hash } = due.endpoint;
  const atWork = regionsAtWorkFor(input, plan);
  if (atWork.length === 0) {
    return null;
  }
  const turn = { isUnclaimed: plan.isUnclaimed, hash, cadenceMs: timing.cadenceMs };
  const regionsAsked = regionsOfSlot(turn, slotAtMs, atWork);
  const pace = paceOf(input.snapshot, plan, regionsAsked.length);
  const notBeforeMs = pace === null ? windowAtMs : slotAtMs - (slotAtMs % 1_000);
  const slot = {
    slotAtMs,
    notBeforeMs,
    timing,
    regionsAsked,
    traceparent: input.newTraceparent(),
    ticketKey: input.ticketKey,
  };
  return { slotAtMs, pace, jobs: regionsAsked.map((region) => buildSlotJob(plan, { ...slot, region })) };
}

function regionsAtWorkFor({ regions, conditions }: PlanInput, plan: EndpointPlan): readonly string[] {
  const chosen = regionsOfEndpoint(plan, regions);
  return chosen === regions
    ? conditions.regionsAtWork
    : chosen.filter((region) => conditions.regionsAtWork.includes(region));
}

/** The endpoint's timing under the conditions of the moment; null when it is not probed at all. */
function timingNow({ plan, timing, hash }: ScheduledEndpoint, conditions: Conditions): Timing | null {
  const isOnlyPublic = plan.isUnclaimed && !plan.isFollowed;
  if (isOnlyPublic && conditions.pressure === "tenants-only") {
    return null;
  }
  const publicFactor = isOnlyPublic && conditions.pressure === "stretch-public" ? PUBLIC_STRETCH : 1;
  const isSlowedDown = conditions.slowedDown.size > 0 && conditions.slowedDown.has(capKeyOf(plan));
  const slowFactor = isSlowedDown ? Math.ceil((SLOWDOWN_CADENCE_S * 1_000) / timing.cadenceMs) : 1;
  const factor = Math.max(publicFactor, slowFactor);
  return factor === 1 ? timing : stretchTiming(timing, factor, hash);
}

function paceOf(snapshot: Snapshot, plan: EndpointPlan, startsPerSlot: number): PlannedSlot["pace"] {
  const isSharedDomain = plan.isUnclaimed && snapshot.countUnclaimed(plan.registrableDomain) > 1;
  const isCrowdedHost = snapshot.countOnHost(plan.host) * startsPerSlot > HOST_STARTS_COUNTED;
  return isSharedDomain || isCrowdedHost
    ? { host: plan.host, unclaimedDomain: plan.isUnclaimed ? plan.registrableDomain : null }
    : null;
}

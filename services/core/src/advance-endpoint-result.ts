import { countVote, openConfirmation, sideOf } from "./confirmation.ts";
import { confirmingAction, gatherAction, outstandingActions, probeNow } from "./confirmation-settle.ts";
import type { EndpointState, RegionMemory } from "./endpoint-state.ts";
import { commitState } from "./endpoint-state-commit.ts";
import { andThen, type EndpointDecision } from "./endpoint-state-decision.ts";
import type { GatheredEvent, ResultEvent } from "./endpoint-state-event.ts";
import type { EndpointPolicy } from "./endpoint-state-rules.ts";

/** Takes one region result in: as a vote in open looks, as news of its region, and perhaps as a reason to look again. */
export function applyResult(
  state: EndpointState,
  result: ResultEvent,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  const { region, vote } = result;
  if (!policy.eligibleRegions.includes(region)) {
    const reason = policy.eligibleRegions.length === 0 ? "no-region-eligible" : "region-not-eligible";
    return { next: state, actions: [], reason };
  }
  const counted = countInLooks(state, result, nowMs);
  const memory = state.regions[region];
  if (memory && memory.startedAtMs >= vote.startedAtMs) {
    return repeated(counted, nowMs);
  }
  return andThen(counted, (next) => {
    const side = sideOf(vote.state);
    const isDown = side === null ? (memory?.isDown ?? null) : side === "down";
    const agrees = side !== null && next.committed !== "unknown" && isDown === (next.committed === "down");
    const remembered: RegionMemory = {
      startedAtMs: vote.startedAtMs,
      isDown,
      mutedUntilMs: agrees ? null : (memory?.mutedUntilMs ?? null),
    };
    const known = { ...next, regions: { ...next.regions, [region]: remembered } };
    if (side === null) {
      return { next: known, actions: [], reason: "unknown-vote" };
    }
    if (agrees) {
      return { next: known, actions: [], reason: "agrees" };
    }
    if (next.committed === "unknown" && side === "not-down") {
      return commitFirstResult(known, result, nowMs, policy);
    }
    return considerOpening(known, result, nowMs, policy);
  });
}

/** Feeds the open confirmation, if any; a region whose awaited result turned out too old is asked at once. */
function countInLooks(state: EndpointState, result: ResultEvent, nowMs: number): EndpointDecision {
  const nothing: EndpointDecision = { next: state, actions: [], reason: "nothing-due" };
  if (state.confirmation === null) {
    return nothing;
  }
  const { next, outcome } = countVote(state.confirmation, result);
  const { look1 } = next;
  if (outcome === "vote-counted") {
    return { next: { ...state, confirmation: next }, actions: [], reason: "vote-counted" };
  }
  if (outcome === "look-closed" || look1.outcome !== null || !look1.inFlightRegions.includes(result.region)) {
    return nothing;
  }
  const asked = {
    ...look1,
    askedRegions: [...look1.askedRegions, result.region].sort(),
    inFlightRegions: look1.inFlightRegions.filter((region) => region !== result.region),
  };
  return {
    next: { ...state, confirmation: { ...next, look1: asked } },
    actions: probeNow(next, 1, [result.region], nowMs),
    reason: "look-1-asked",
  };
}

/** An entry read twice, perhaps because we died before its actions were done. */
function repeated(counted: EndpointDecision, nowMs: number): EndpointDecision {
  const { confirmation } = counted.next;
  const outstanding = confirmation === null ? [] : outstandingActions(confirmation, nowMs);
  return {
    next: counted.next,
    actions: [...counted.actions, ...outstanding],
    reason: counted.reason === "nothing-due" ? "result-seen-before" : counted.reason,
  };
}

function commitFirstResult(
  state: EndpointState,
  { region, vote }: ResultEvent,
  nowMs: number,
  { rules }: EndpointPolicy,
): EndpointDecision {
  const { memory } = state;
  const isWalled = vote.state === "auth_walled";
  const base =
    memory.base.walled === null && memory.minutes.length === 0
      ? { ...memory.base, walled: { isOn: isWalled, streak: 0 }, walledReason: isWalled ? vote.reason : null }
      : memory.base;
  return commitState(
    { ...state, memory: { ...memory, base } },
    {
      to: "up",
      sinceAtMs: vote.startedAtMs,
      reason: "first-result",
      failureReason: null,
      confirmation: null,
      regions: [region],
    },
    nowMs,
    rules,
  );
}

/** A result that disagrees with the committed state, where no looks are under way: is it worth looking again? */
function considerOpening(
  state: EndpointState,
  result: ResultEvent,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  const { rules } = policy;
  const { region, vote, look } = result;
  const refuse = (next: EndpointState, reason: EndpointDecision["reason"]): EndpointDecision => ({
    next,
    actions: [],
    reason,
  });
  if (state.confirmation !== null) {
    return refuse(state, "nothing-due");
  }
  if (nowMs < (state.regions[region]?.mutedUntilMs ?? 0)) {
    return refuse(state, "region-muted");
  }
  const noted = { ...state, firstDisagreementMs: state.firstDisagreementMs ?? vote.startedAtMs };
  if (look !== null) {
    return refuse(state, "late-look");
  }
  if (nowMs - vote.observedAtMs >= rules.openingAgeMsMax) {
    return refuse(noted, "result-too-old");
  }
  if (vote.startedAtMs === state.lastConfirmationMs) {
    return refuse(noted, "confirmation-repeated");
  }
  if (state.openedAtMs.length >= rules.confirmationsMax) {
    return refuse(noted, "confirmations-exhausted");
  }
  const target = vote.state === "down" ? "down" : "up";
  const confirmation = openConfirmation(target, result, nowMs, policy);
  return {
    next: {
      ...noted,
      confirmation,
      lastConfirmationMs: confirmation.startMs,
      openedAtMs: [...state.openedAtMs, nowMs],
    },
    actions: [confirmingAction(confirmation), gatherAction(confirmation)],
    reason: "confirmation-opened",
  };
}

/** Look 1: takes the fresh results Redis already had, and asks the regions that have none and none under way. */
export function applyGathered(
  state: EndpointState,
  gathered: GatheredEvent,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  if (state.confirmation === null || state.confirmation.look1.isAsked) {
    return { next: state, actions: [], reason: "nothing-due" };
  }
  let confirmation = state.confirmation;
  for (const region of Object.keys(gathered.votes).sort()) {
    const vote = gathered.votes[region];
    if (vote && policy.eligibleRegions.includes(region)) {
      confirmation = countVote(confirmation, { region, vote, look: null }).next;
    }
  }
  const { votes } = confirmation.look1;
  const silent = policy.eligibleRegions.filter((region) => votes[region] === undefined).sort();
  const inFlightRegions = silent.filter((region) => gathered.inFlightRegions.includes(region));
  const askedRegions = silent.filter((region) => !inFlightRegions.includes(region));
  const look1 = { ...confirmation.look1, askedRegions, inFlightRegions, isAsked: true };
  return {
    next: { ...state, confirmation: { ...confirmation, look1 } },
    actions: probeNow(confirmation, 1, askedRegions, nowMs),
    reason: "look-1-asked",
  };
}

import { applyResult } from "./advance-endpoint-result.ts";
import { sideOf } from "./confirmation.ts";
import type { EndpointState } from "./endpoint-state.ts";
import { andThen, type EndpointDecision } from "./endpoint-state-decision.ts";
import type { MinuteEvent } from "./endpoint-state-event.ts";
import { minuteFacts, rememberMinute } from "./endpoint-state-minutes.ts";
import type { EndpointPolicy } from "./endpoint-state-rules.ts";
import type { Vote } from "./packed-vote.ts";
import { minuteOf, slotJobId } from "./pipeline.ts";

/**
 * A minute's votes count as results too: agreeing ones reach us only so, and a disagreeing one that was not told at
 * once (Redis had lost what is committed) must not be missed.
 */
export function applyMinute(
  state: EndpointState,
  event: MinuteEvent,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  const { minute, writtenAtMs } = event;
  const isNew = ([region, vote]: [string, Vote]) =>
    vote.startedAtMs > (state.regions[region]?.startedAtMs ?? Number.NEGATIVE_INFINITY);
  const votes = Object.entries(event.votes).sort(
    ([aRegion, a], [bRegion, b]) => a.startedAtMs - b.startedAtMs || (aRegion < bRegion ? -1 : 1),
  );
  let decision: EndpointDecision = { next: state, actions: [], reason: "nothing-due" };
  for (const [region, vote] of votes.filter(isNew)) {
    const jobId = slotJobId(event.endpointId, vote.slotAtMs);
    const result = { kind: "result", region, vote, minute, jobId, look: null, writtenAtMs } as const;
    decision = andThen(decision, (next) => applyResult(next, result, nowMs, policy));
  }
  return andThen(decision, (next) => countMinute(next, event, decision.reason, policy));
}

function countMinute(
  state: EndpointState,
  event: MinuteEvent,
  reasonSoFar: EndpointDecision["reason"],
  policy: EndpointPolicy,
): EndpointDecision {
  const settled = { ...state, firstDisagreementMs: disagreementAfter(state, event) };
  if (state.committed === "down") {
    return { next: settled, actions: [], reason: "nothing-due" };
  }
  const facts = minuteFacts(event, policy.baselineLatencyMsP95, policy.rules);
  const { next: memory, outcome } = rememberMinute(state.memory, facts, policy.rules);
  const isTold = reasonSoFar === "confirmation-opened" || reasonSoFar === "first-result";
  return { next: { ...settled, memory }, actions: [], reason: isTold ? reasonSoFar : outcome };
}

/** Trouble (or a recovery) that a whole minute did not show is over; what comes after it begins anew. */
function disagreementAfter(state: EndpointState, event: MinuteEvent): number | null {
  const { firstDisagreementMs, committed, confirmation } = state;
  const side = sideOf(event.state);
  const isAgreeing = side !== null && committed !== "unknown" && (side === "down") === (committed === "down");
  const isAbout = firstDisagreementMs !== null && minuteOf(firstDisagreementMs) <= event.minute;
  return confirmation === null && isAgreeing && isAbout ? null : firstDisagreementMs;
}

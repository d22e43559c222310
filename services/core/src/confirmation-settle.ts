import {
  type Confirmation,
  disagreeingRegions,
  judgeLook,
  type Look,
  lookClosesAfterMs,
  reasonOfDown,
} from "./confirmation.ts";
import type { EndpointState } from "./endpoint-state.ts";
import { commitState } from "./endpoint-state-commit.ts";
import type { EndpointAction, EndpointDecision } from "./endpoint-state-decision.ts";
import type { EndpointPolicy } from "./endpoint-state-rules.ts";
import { JOB_LATE_AFTER_MS } from "./pipeline.ts";

/** `nowMs` is the clock, by which regions are asked; `progressMs` how far the stream was read, by which looks close. */
export interface Moment {
  readonly nowMs: number;
  readonly progressMs: number;
}

/**
 * Brings an open confirmation as far as it can go now: closes looks, asks for look 2, commits or gives up.
 *
 * Looks close by the stream's own time, so that a router that lags, or folds a backlog, counts exactly the votes it
 * would have counted in time.
 */
export function settleConfirmation(
  state: EndpointState,
  moment: Moment,
  policy: EndpointPolicy,
): EndpointDecision {
  if (state.confirmation === null) {
    return { next: state, actions: [], reason: "nothing-due" };
  }
  const confirmation = judgeLooks(state.confirmation, moment.progressMs, policy);
  const outcomes = [confirmation.look1.outcome, confirmation.look2.outcome];
  if (outcomes.includes("refuted")) {
    return closeConfirmation(state, confirmation, "not-confirmed", moment.nowMs, policy);
  }
  if (outcomes.includes("inconclusive")) {
    return closeConfirmation(state, confirmation, "too-few-answers", moment.nowMs, policy);
  }
  if (outcomes.every((outcome) => outcome === "confirmed")) {
    return commitConfirmation(state, confirmation, moment.nowMs, policy);
  }
  return askLook2({ ...state, confirmation }, confirmation, moment.nowMs, policy);
}

/** Ends a confirmation without a commit. Only a refuted one mutes the regions that still disagree. */
export function closeConfirmation(
  state: EndpointState,
  confirmation: Confirmation,
  reason: "not-confirmed" | "too-few-answers" | "look-2-missed" | "looks-refused",
  nowMs: number,
  { rules }: EndpointPolicy,
): EndpointDecision {
  const muted = reason === "not-confirmed" ? disagreeingRegions(confirmation) : [];
  const regions = Object.fromEntries(
    Object.entries(state.regions).map(([region, memory]) => [
      region,
      muted.includes(region) ? { ...memory, mutedUntilMs: nowMs + rules.mutedForMs } : memory,
    ]),
  );
  return {
    next: {
      ...state,
      regions,
      confirmation: null,
      firstDisagreementMs: reason === "not-confirmed" ? null : state.firstDisagreementMs,
      // What was never asked does not count against the bound on asking.
      openedAtMs: reason === "looks-refused" ? state.openedAtMs.slice(0, -1) : state.openedAtMs,
    },
    actions: closingActions(confirmation),
    reason,
  };
}

/**
 * What an open confirmation still wants done, in full: for an entry read twice, for a new holder of the shard, and
 * after Redis lost jobs or fields. Doing it again adds nothing. Look jobs that a worker would drop as late are left.
 */
export function outstandingActions(confirmation: Confirmation, nowMs: number): readonly EndpointAction[] {
  const { look1, look2 } = confirmation;
  const unanswered = (look: Look) => look.askedRegions.filter((region) => look.votes[region] === undefined);
  const isWanted = (look: Look) => look.outcome === null && nowMs - look.notBeforeMs < JOB_LATE_AFTER_MS;
  return [
    confirmingAction(confirmation),
    ...(look1.isAsked ? [] : [gatherAction(confirmation)]),
    ...(isWanted(look1) ? probeNow(confirmation, 1, unanswered(look1), look1.notBeforeMs) : []),
    ...(isWanted(look2) ? probeNow(confirmation, 2, unanswered(look2), look2.notBeforeMs) : []),
  ];
}

export const confirmingAction = ({ startMs, look1, look2 }: Confirmation): EndpointAction => ({
  kind: "set-confirming",
  confirmation: startMs,
  look1Minute: look1.minute,
  look2Minute: look2.minute,
});

export const gatherAction = ({ look1, openedByJobId }: Confirmation): EndpointAction => ({
  kind: "gather",
  minute: look1.minute,
  jobId: openedByJobId,
});

/** One action asking these regions, none when there are none. */
export function probeNow(
  confirmation: Confirmation,
  n: 1 | 2,
  regions: readonly string[],
  notBeforeMs: number,
): readonly EndpointAction[] {
  if (regions.length === 0) {
    return [];
  }
  const { minute } = n === 1 ? confirmation.look1 : confirmation.look2;
  const { startMs } = confirmation;
  return [{ kind: "probe-now", confirmation: startMs, n, regions, notBeforeMs, minute }];
}

function judgeLooks(confirmation: Confirmation, progressMs: number, policy: EndpointPolicy): Confirmation {
  const { look1, look2, target } = confirmation;
  return {
    ...confirmation,
    look1: { ...look1, outcome: look1.outcome ?? judgeLook(look1, target, progressMs, policy) },
    look2: {
      ...look2,
      outcome: look2.outcome ?? (look2.isAsked ? judgeLook(look2, target, progressMs, policy) : null),
    },
  };
}

function askLook2(
  state: EndpointState,
  confirmation: Confirmation,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  const { look2 } = confirmation;
  if (look2.isAsked || nowMs < look2.notBeforeMs) {
    return { next: state, actions: [], reason: "nothing-due" };
  }
  if (nowMs - look2.notBeforeMs > policy.rules.openingAgeMsMax) {
    return closeConfirmation(state, confirmation, "look-2-missed", nowMs, policy);
  }
  const regions = [...policy.eligibleRegions].sort();
  if (regions.length === 0) {
    return { next: state, actions: [], reason: "no-region-eligible" };
  }
  const asked: Look = {
    ...look2,
    notBeforeMs: nowMs,
    closesAtMs: nowMs + lookClosesAfterMs(policy),
    askedRegions: regions,
    isAsked: true,
  };
  return {
    next: { ...state, confirmation: { ...confirmation, look2: asked } },
    actions: probeNow(confirmation, 2, regions, nowMs),
    reason: "look-2-asked",
  };
}

function commitConfirmation(
  state: EndpointState,
  confirmation: Confirmation,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  const { target, startMs, look2 } = confirmation;
  const isDown = target === "down";
  const agreeing = policy.eligibleRegions.filter(
    (region) => look2.votes[region]?.side === (isDown ? "down" : "not-down"),
  );
  const committed = commitState(
    { ...state, confirmation: null, firstDisagreementMs: null },
    {
      to: target,
      sinceAtMs: state.firstDisagreementMs ?? startMs,
      reason: isDown ? "down-confirmed" : "recovery-confirmed",
      failureReason: isDown ? reasonOfDown(look2, policy) : null,
      confirmation: startMs,
      regions: agreeing.sort(),
    },
    nowMs,
    policy.rules,
  );
  return { ...committed, actions: [...committed.actions, ...closingActions(confirmation)] };
}

function closingActions({ look1, look2 }: Confirmation): readonly EndpointAction[] {
  const minutes = [...new Set([look1.minute, look2.minute])];
  return [
    { kind: "clear-confirming" },
    ...minutes.map((minute): EndpointAction => ({ kind: "seal-minute", minute })),
  ];
}

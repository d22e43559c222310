/**
 * The endpoint state machine: who is down, decided by looking again. Pure; the alert router (services/alert-router)
 * feeds it the stream of one endpoint in order, together with the passing of time, and does what it answers.
 */
import { applyMinute } from "./advance-endpoint-minute.ts";
import { applyGathered, applyResult } from "./advance-endpoint-result.ts";
import {
  closeConfirmation,
  type Moment,
  outstandingActions,
  settleConfirmation,
} from "./confirmation-settle.ts";
import type { EndpointState } from "./endpoint-state.ts";
import { andThen, type EndpointDecision } from "./endpoint-state-decision.ts";
import type { EndpointEvent } from "./endpoint-state-event.ts";
import { refreshMarks } from "./endpoint-state-marks.ts";
import type { EndpointPolicy } from "./endpoint-state-rules.ts";

/**
 * Decides what one event changes.
 *
 * `nowMs` and every `…AtMs` are epoch milliseconds, UTC. Safe to call again with an event seen before: the state stays
 * and the actions that still matter are answered again. With no region eligible nothing is decided.
 */
export function advanceEndpoint(
  state: EndpointState,
  event: EndpointEvent,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  const recent = forgetOld(state, nowMs, policy);
  return refreshMarks(state, applyEvent(recent, event, nowMs, policy), eventAtMs(event, nowMs), policy.rules);
}

/** A backlog is told with the times at which it happened. */
const eventAtMs = (event: EndpointEvent, nowMs: number) =>
  event.kind === "result" || event.kind === "minute" ? Math.min(nowMs, event.writtenAtMs) : nowMs;

function applyEvent(
  state: EndpointState,
  event: EndpointEvent,
  nowMs: number,
  policy: EndpointPolicy,
): EndpointDecision {
  switch (event.kind) {
    case "result": {
      const settle = settler({ nowMs, progressMs: event.writtenAtMs }, policy);
      return settleAfter(
        andThen(settle(state), (next) => applyResult(next, event, nowMs, policy)),
        settle,
      );
    }
    case "minute": {
      const settle = settler({ nowMs, progressMs: event.writtenAtMs }, policy);
      return settleAfter(
        andThen(settle(state), (next) => applyMinute(next, event, nowMs, policy)),
        settle,
      );
    }
    case "gathered":
      return andThen(
        applyGathered(state, event, nowMs, policy),
        settler({ nowMs, progressMs: Number.NEGATIVE_INFINITY }, policy),
      );
    case "deadline":
      return settler({ nowMs, progressMs: event.progressMs }, policy)(state);
    case "resume":
      return state.confirmation === null
        ? { next: state, actions: [{ kind: "clear-confirming" }], reason: "nothing-due" }
        : { next: state, actions: outstandingActions(state.confirmation, nowMs), reason: "resumed" };
    case "looks-refused":
      return state.confirmation === null
        ? { next: state, actions: [], reason: "nothing-due" }
        : closeConfirmation(state, state.confirmation, "looks-refused", nowMs, policy);
  }
}

/** Opening is the news, even where the second look is due at once. */
function settleAfter(
  decision: EndpointDecision,
  settle: (state: EndpointState) => EndpointDecision,
): EndpointDecision {
  const settled = andThen(decision, settle);
  return decision.reason === "confirmation-opened" ? { ...settled, reason: decision.reason } : settled;
}

const settler = (moment: Moment, policy: EndpointPolicy) => (state: EndpointState) =>
  settleConfirmation(state, moment, policy);

function forgetOld(state: EndpointState, nowMs: number, { rules }: EndpointPolicy): EndpointState {
  const openedAtMs = state.openedAtMs.filter((atMs) => atMs > nowMs - rules.confirmationsWindowMs);
  const changedAtMs = state.changedAtMs.filter((atMs) => atMs > nowMs - rules.flappingWindowMs);
  const isSame =
    openedAtMs.length === state.openedAtMs.length && changedAtMs.length === state.changedAtMs.length;
  return isSame ? state : { ...state, openedAtMs, changedAtMs };
}

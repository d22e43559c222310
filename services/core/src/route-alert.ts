/** Who hears of one alert, who does not, and why. */
import type { AlertEvent } from "./alert-event.ts";
import { decideEscalation } from "./escalation.ts";
import { matchRules, type SinkCandidate } from "./match-rules.ts";
import { type AlertMute, muteOfAlert } from "./mute-of-alert.ts";
import type { RouteAnswer, RouteDecision, RouteInput, RouteOutcome } from "./route-decision.ts";
import { sinkRefusal } from "./sink-refusal.ts";

/**
 * Routes one alert of one tenant. Every sink that came into question gets one decision; when none did, one decision
 * without a sink says why. An acknowledgement, a public update and the end of an incident follow its earlier messages,
 * past every mute.
 *
 * At `wakeAtMs` the shell asks `decideEscalation`, and routes the steps that are due (`escalateTo`), else the incident
 * as it is with the news `still-open`.
 */
export function routeAlert(input: RouteInput, nowMs: number): RouteOutcome {
  const { alert, relation } = input;
  if (relation === "none") {
    return ended(input, [alone(input, { verdict: "skip", reason: "not-watched" })]);
  }
  if (followsUp(alert)) {
    return ended(input, followUp(input));
  }
  if (relation === "follower" && isOwnersAlone(input)) {
    return ended(input, [alone(input, { verdict: "skip", reason: "owners-alone" })]);
  }
  if (alert.severity === "P4") {
    return ended(input, [alone(input, { verdict: "fold", reason: "weekly-digest" })]);
  }
  const { candidates, none, wakesMs, policyId } = matchRules(input, nowMs);
  const mute = muteOfAlert(input, nowMs);
  const decisions =
    candidates.length === 0
      ? [alone(input, none)]
      : candidates.map((candidate) => decideSink(input, candidate, mute));
  return goesOn(input, { decisions, wakesMs, policyId, mute }, nowMs);
}

function isOwnersAlone({ alert: { facts } }: RouteInput): boolean {
  return (
    facts.kind === "expiry" ||
    (facts.kind === "incident" &&
      facts.causes.length > 0 &&
      facts.causes.every((cause) => cause === "burn_rate"))
  );
}

function decideSink(input: RouteInput, candidate: SinkCandidate, mute: AlertMute | null): RouteDecision {
  const { sink, ruleId } = candidate;
  const isMuted = mute !== null && !isSettled(input, candidate);
  const answer = isMuted ? mute.answer : answerOf(input, candidate);
  return {
    ...answer,
    sinkId: sink.id,
    ruleId,
    event: eventFor(input, sink.id),
    untilMs: isMuted ? mute.untilMs : null,
  };
}

/** Whether the sink would hear nothing even without a mute. */
const isSettled = (input: RouteInput, candidate: SinkCandidate): boolean =>
  ["skip", "fold"].includes(answerOf(input, candidate).verdict);

/** What one sink hears when nothing mutes the alert as a whole. */
function answerOf(input: RouteInput, { sink, answer }: SinkCandidate): RouteAnswer {
  const { alert, incident } = input;
  const refusal = answer.verdict === "send" ? sinkRefusal(sink, input) : answer;
  if (refusal !== null) {
    return refusal;
  }
  if (alert.facts.kind !== "incident" || incident === null) {
    return answer;
  }
  const { news } = alert.facts;
  const toldSeverity = severityTold(input, sink.id);
  if (toldSeverity === null && incident.isClustered) {
    return { verdict: "fold", reason: "shared-cause" };
  }
  if (answer.reason === "escalation-step") {
    return answer;
  }
  const isRepeated = news === "opened" || news === "still-open";
  if (isRepeated && toldSeverity !== null && toldSeverity <= alert.severity) {
    return { verdict: "skip", reason: "already-told" };
  }
  const isWorse = news === "opened" || news === "reopened" || news === "rose";
  if (incident.acknowledgedAtMs !== null && !isWorse) {
    return { verdict: "mute", reason: "acknowledged" };
  }
  return news === "still-open" ? { verdict: "send", reason: "still-open" } : answer;
}

/** What says how something that was told goes on; of interest to nobody else. */
const followsUp = ({ event, facts }: RouteInput["alert"]): boolean =>
  event === "incident.resolved" ||
  event === "incident.acknowledged" ||
  (facts.kind === "incident" && (facts.news === "public-update" || facts.news === "together"));

/** To the sinks that were told, and to no other. */
function followUp(input: RouteInput): readonly RouteDecision[] {
  const { incident, sinks, alert } = input;
  const told = sinks.filter(({ id }) => incident?.told.some(({ sinkId }) => sinkId === id));
  if (told.length === 0) {
    return [alone(input, { verdict: "skip", reason: "never-told" })];
  }
  return told.map((sink) => ({
    ...(sinkRefusal(sink, input) ?? { verdict: "send", reason: "told-before" }),
    sinkId: sink.id,
    ruleId: null,
    event: alert.event,
    untilMs: null,
  }));
}

function eventFor(input: RouteInput, sinkId: string): AlertEvent {
  const { alert } = input;
  if (alert.facts.kind !== "incident") {
    return alert.event;
  }
  const isFirst = severityTold(input, sinkId) === null || alert.facts.news === "reopened";
  return isFirst ? "incident.opened" : "incident.updated";
}

const severityTold = ({ incident }: RouteInput, sinkId: string) =>
  incident?.told.find((one) => one.sinkId === sinkId)?.severity ?? null;

const alone = ({ alert }: RouteInput, answer: RouteAnswer): RouteDecision => ({
  ...answer,
  sinkId: null,
  ruleId: null,
  event: alert.event,
  untilMs: null,
});

/** Nothing is to be decided again. */
function ended({ incident }: RouteInput, decisions: readonly RouteDecision[]): RouteOutcome {
  const escalation = incident && {
    policyId: incident.escalationPolicyId,
    stepsDone: incident.escalationStep,
  };
  return { decisions, wakeAtMs: null, escalation };
}

/**
 * An incident goes on: when must it be looked at again? A mute holds escalation back too, steps that were due included;
 * its clock starts with the first page.
 */
function goesOn(
  input: RouteInput,
  routed: {
    readonly decisions: readonly RouteDecision[];
    readonly wakesMs: readonly number[];
    readonly policyId: string | null;
    readonly mute: AlertMute | null;
  },
  nowMs: number,
): RouteOutcome {
  const { incident, escalateTo, policies, plan } = input;
  const { decisions, mute } = routed;
  if (incident === null) {
    return { decisions, wakeAtMs: null, escalation: null };
  }
  const isPaged = incident.pagedAtMs !== null || decisions.some(({ verdict }) => verdict === "send");
  const policyId = incident.escalationPolicyId ?? (isPaged ? routed.policyId : null);
  const wakesMs = [...routed.wakesMs];
  if (mute !== null) {
    wakesMs.push(mute.untilMs);
    const wakeAtMs = Math.min(...wakesMs);
    return { decisions, wakeAtMs, escalation: { policyId, stepsDone: incident.escalationStep } };
  }
  // The first step is what the rule asked for.
  const first = isPaged && policyId !== null ? 1 : 0;
  const stepsDone = Math.max(incident.escalationStep, escalateTo?.stepsDone ?? first);
  const { nextAtMs } = decideEscalation(
    {
      policy: policies.find(({ id }) => id === policyId) ?? null,
      pagedAtMs: isPaged ? (incident.pagedAtMs ?? nowMs) : null,
      acknowledgedAtMs: incident.acknowledgedAtMs,
      resolvedAtMs: null,
      stepsDone,
      hasEscalationPolicies: plan.hasEscalationPolicies,
    },
    nowMs,
  );
  if (nextAtMs !== null) {
    wakesMs.push(nextAtMs);
  }
  return {
    decisions,
    wakeAtMs: wakesMs.length === 0 ? null : Math.min(...wakesMs),
    escalation: { policyId, stepsDone },
  };
}

/** Which sinks the rules of a tenant name for one alert. */
import { type AlertRule, matchRule, type RuleMissReason } from "./alert-rule.ts";
import type { EscalationPolicy } from "./escalation.ts";
import type { RouteAnswer, RoutedSink, RouteInput } from "./route-decision.ts";
import { sinkRefusal } from "./sink-refusal.ts";
import { isWithinHours, nextHoursChangeMs } from "./weekly-hours.ts";

/** A sink that came into question. */
export interface SinkCandidate {
  readonly sink: RoutedSink;
  readonly ruleId: string | null;
  /** What becomes of it unless something keeps it back. */
  readonly answer: RouteAnswer;
}

export interface RuleMatch {
  /** Each sink once, in the order of the rules. */
  readonly candidates: readonly SinkCandidate[];
  /** Why there is none, when there is none. */
  readonly none: RouteAnswer;
  /** When rules begin to want it that do not now. */
  readonly wakesMs: readonly number[];
  /** The policy of the first rule that has one. */
  readonly policyId: string | null;
}

const byPosition = (a: AlertRule, b: AlertRule) => a.position - b.position || (a.id < b.id ? -1 : 1);

/**
 * Every rule that matches counts; without any rule, the default: all endpoints, P1 to P3, always, to the default sink.
 * Escalation steps that are due come first, and with them whoever the rules want and nobody told yet.
 */
export function matchRules(input: RouteInput, nowMs: number): RuleMatch {
  const match = input.rules.length === 0 ? matchDefault(input) : matchOwnRules(input, nowMs);
  if (input.escalateTo === null) {
    return match;
  }
  const answer = { verdict: "send", reason: "escalation-step" } as const;
  const steps = sinksOf(input, input.escalateTo.sinkIds).map((sink) => ({ sink, ruleId: null, answer }));
  const told = (input.incident?.told ?? []).map(({ sinkId }) => sinkId);
  const untold = match.candidates.filter(
    (one) => one.answer.verdict === "send" && !told.includes(one.sink.id),
  );
  return {
    ...match,
    candidates: eachSinkOnce([...steps, ...untold]),
    none: { verdict: "skip", reason: "sink-deleted" },
  };
}

function matchDefault(input: RouteInput): RuleMatch {
  return {
    candidates: eachSinkOnce([...defaultSinks(input, "default-rule"), ...toldSinks(input)]),
    none: { verdict: "skip", reason: "no-default-sink" },
    wakesMs: [],
    policyId: null,
  };
}

function matchOwnRules(input: RouteInput, nowMs: number): RuleMatch {
  const { alert, endpoint } = input;
  const judged = input.rules.toSorted(byPosition).map((rule) => {
    const match = matchRule(rule, { severity: alert.severity, endpoint }, (hours) =>
      isWithinHours(hours, nowMs),
    );
    return { rule, match, policy: policyOf(input, rule) };
  });
  const matching = judged.filter(({ match }) => match === "matches");
  const later = judged.filter(({ match }) => match === "outside-hours");
  const wanted = matching.flatMap(({ rule, policy }) =>
    candidatesOf(input, rule, policy, { verdict: "send", reason: "rule-matches" }),
  );
  const namesSinks = matching.some(({ rule }) => rule.sinkIds.length > 0 || rule.escalationPolicyId !== null);
  const canBeTaken = wanted.some(({ sink }) => sinkRefusal(sink, input) === null);
  const candidates = [
    ...wanted,
    ...toldSinks(input),
    ...(namesSinks && !canBeTaken ? defaultSinks(input, "fallback-to-default") : []),
    ...later.flatMap(({ rule, policy }) =>
      candidatesOf(input, rule, policy, { verdict: "skip", reason: "outside-hours" }),
    ),
  ];
  return {
    candidates: eachSinkOnce(candidates),
    none: { verdict: "skip", reason: namesSinks ? "sink-deleted" : missOf(judged) },
    wakesMs: later.flatMap(({ rule }) => (rule.hours && nextHoursChangeMs(rule.hours, nowMs)) ?? []),
    policyId: matching.find(({ policy }) => policy !== null)?.policy?.id ?? null,
  };
}

/** Its own sinks, and those of the first step of its policy, which comes at once. */
function candidatesOf(
  input: RouteInput,
  rule: AlertRule,
  policy: EscalationPolicy | null,
  answer: RouteAnswer,
): readonly SinkCandidate[] {
  const ids = [...rule.sinkIds, ...(policy?.steps[0]?.sinkIds ?? [])];
  return sinksOf(input, ids).map((sink) => ({ sink, ruleId: rule.id, answer }));
}

function policyOf({ policies, plan }: RouteInput, rule: AlertRule): EscalationPolicy | null {
  return plan.hasEscalationPolicies
    ? (policies.find(({ id }) => id === rule.escalationPolicyId) ?? null)
    : null;
}

const sinksOf = ({ sinks }: RouteInput, ids: readonly string[]): readonly RoutedSink[] =>
  ids.flatMap((id) => sinks.find((sink) => sink.id === id) ?? []);

const defaultSinks = (
  { sinks }: RouteInput,
  reason: "default-rule" | "fallback-to-default",
): readonly SinkCandidate[] =>
  sinks
    .filter(({ isDefault }) => isDefault)
    .map((sink) => ({ sink, ruleId: null, answer: { verdict: "send", reason } }));

/** Who was told the beginning is told how it goes on, though no rule may want the severity it has now. */
function toldSinks(input: RouteInput): readonly SinkCandidate[] {
  const told = (input.incident?.told ?? []).map(({ sinkId }) => sinkId);
  return sinksOf(input, told).map((sink) => ({
    sink,
    ruleId: null,
    answer: { verdict: "send", reason: "told-before" },
  }));
}

function eachSinkOnce(candidates: readonly SinkCandidate[]): readonly SinkCandidate[] {
  const byId = new Map<string, SinkCandidate>();
  for (const candidate of candidates) {
    if (!byId.has(candidate.sink.id)) {
      byId.set(candidate.sink.id, candidate);
    }
  }
  return [...byId.values()];
}

/** Of all rules the nearest miss; a rule that matches and still leads here has no sinks. */
function missOf(judged: readonly { readonly match: "matches" | RuleMissReason }[]) {
  const has = (match: "matches" | RuleMissReason) => judged.some((one) => one.match === match);
  if (has("matches")) {
    return "rule-without-sinks";
  }
  if (has("outside-hours")) {
    return "outside-hours";
  }
  if (has("severity-not-asked")) {
    return "severity-not-asked";
  }
  return has("endpoint-not-in-scope") ? "endpoint-not-in-scope" : "all-rules-off";
}

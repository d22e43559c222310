/**
 * Every reason of alerting in one sentence for people: "why was I (not) paged". Each file of reasons has a list of words
 * that its type keeps whole; here they are joined, so that whatever stands in a decision, a delivery or a timeline can be
 * read.
 */
import type { UntoldReason } from "./alert-of-incident.ts";
import {
  BUDGET_WORDS,
  GROUP_WORDS,
  REFUSAL_WORDS,
  RETRY_WORDS,
  SUPPRESSION_WORDS,
} from "./delivery-words.ts";
import type { EscalationReason } from "./escalation.ts";
import type { IncidentIdleReason, IncidentReason } from "./incident-decision.ts";
import type { RouteReason } from "./route-decision.ts";

export type ReasonWords<Reason extends string> = Readonly<Record<Reason, string>>;

export const ROUTE_WORDS: ReasonWords<RouteReason> = {
  "rule-matches": "A rule of yours sends this here.",
  "default-rule": "Your workspace has no rules, so alerts go to its default sink.",
  "fallback-to-default":
    "A rule of yours matches, but none of its sinks can take messages, so it went to the default sink.",
  "told-before": "This sink was told of the incident before, so it is told how it goes on.",
  "escalation-step": "Nobody acknowledged in time, so the next step of the escalation policy was told.",
  "still-open": "What kept it back is over, and the incident is still open.",
  "weekly-digest": "It is too small for a message of its own; the weekly digest tells of it.",
  "shared-cause": "One cause struck many endpoints at once; one notice tells of it instead.",
  "muted-by-person": "Somebody muted the incident.",
  maintenance: "A maintenance window covers the endpoint.",
  "release-announced": "The change belongs to a release that was announced.",
  acknowledged: "Somebody acknowledged the incident, and it has not become worse since.",
  "sink-over-plan": "The workspace has more sinks than its plan allows; the newest ones rest.",
  "sink-kind-not-in-plan": "The plan of the workspace sends to e-mail only.",
  "not-watched": "The workspace neither owns nor follows the endpoint any more.",
  "owners-alone": "This is told to the owner of the endpoint only.",
  "all-rules-off": "All rules of the workspace are switched off.",
  "endpoint-not-in-scope": "No rule of yours covers this endpoint.",
  "severity-not-asked": "No rule of yours that covers this endpoint asks for this severity.",
  "outside-hours":
    "The rule that asks for it is outside its hours; if the incident is open then, it is told.",
  "rule-without-sinks": "The rule that matches names no sink.",
  "no-default-sink": "The workspace has no rules and no default sink.",
  "sink-unverified": "The sink is not verified: nothing is sent to it before it is.",
  "sink-disabled": "The sink is disabled.",
  "sink-deleted": "The sinks that were named are deleted.",
  "never-told": "Nobody was told of the beginning, so nobody is told of this.",
  "already-told": "This sink was told already, and nothing has changed since.",
};

export const INCIDENT_WORDS: ReasonWords<IncidentReason | IncidentIdleReason> = {
  "trouble-began": "Trouble was confirmed.",
  "trouble-had-not-ended": "Late results showed that the trouble had not ended.",
  "got-worse": "It became worse.",
  "got-better": "It became better, but not well.",
  "more-is-wrong": "Something else is wrong, too.",
  "less-is-wrong": "One of the things that were wrong is well again.",
  "more-regions": "It is seen from other regions.",
  "reason-found": "The probes found out more about the reason.",
  "began-earlier": "Late results showed that it began earlier.",
  "flapping-began": "It keeps going up and down: what it does until it is steady is not told one by one.",
  recovered: "It is well again.",
  "access-is-normal-now": "Access changed a day ago; that is taken as normal now.",
  "simulation-over": "The simulated outage is over.",
  "endpoint-paused": "Watching was paused, so we cannot see how it goes on.",
  "endpoint-deleted": "The endpoint was deleted.",
  "nothing-wrong": "Nothing is wrong.",
  "nothing-new": "Nothing changed.",
  "nothing-known": "Nothing is known of the endpoint now.",
  simulated: "A simulated outage is not changed by what the endpoint does.",
  "too-old": "It was found out before the incident ended.",
  "flapping-opens-none": "It was going up and down until a moment ago and is up now.",
};

export const UNTOLD_WORDS: ReasonWords<UntoldReason> = {
  "timeline-only": "It is in the timeline; it changes nothing about what to do.",
  "flapping-told-once": "It keeps going up and down; that was told once, and its end will be.",
};

export const ESCALATION_WORDS: ReasonWords<EscalationReason> = {
  "no-policy": "No escalation policy applies.",
  "plan-without-escalation": "Escalation policies are part of the Team and Enterprise plans.",
  "nobody-told-yet": "Escalation begins with the first page, and nobody was paged yet.",
  resolved: "The incident is over.",
  acknowledged: ROUTE_WORDS.acknowledged,
  "step-due": "Nobody acknowledged in time.",
  waiting: "The next step waits for its time.",
  "steps-done": "All steps of the policy were told.",
};

/** Why trouble that was seen paged nobody. */
const UNPAGED_WORDS: ReasonWords<"not-confirmed" | "over-before-told"> = {
  "not-confirmed":
    "It failed, but a second look from several regions did not confirm it: a blip pages nobody.",
  "over-before-told": "We were away while it lasted, and it was over before anybody could be told.",
};

const SENTENCES: ReadonlyMap<string, string> = new Map(
  [
    ESCALATION_WORDS,
    INCIDENT_WORDS,
    UNTOLD_WORDS,
    RETRY_WORDS,
    REFUSAL_WORDS,
    GROUP_WORDS,
    SUPPRESSION_WORDS,
    BUDGET_WORDS,
    ROUTE_WORDS,
    UNPAGED_WORDS,
  ].flatMap((words) => Object.entries(words)),
);

/** The sentence of a stored reason; null for one of a newer version. */
export const reasonSentence = (reason: string): string | null => SENTENCES.get(reason) ?? null;

import type { RouteReason } from "@alivemcp/core/route-decision";
import { reasonWords } from "../deliveries/delivery-words.ts";

/** Reasons of decisions as sentences that stand behind the sink's name. */
const WHY: Readonly<Record<RouteReason, string>> = {
  "rule-matches": "a rule asks for it.",
  "default-rule": "there is no rule, so it goes to the default sink.",
  "fallback-to-default": "no sink of the rules could take it, so it goes to the default sink.",
  "told-before": "it was told of the beginning, so it is told how it goes on.",
  "escalation-step": "nobody acknowledged it in time, and this is the next step.",
  "still-open": "it is still open after what kept it quiet ended.",
  "weekly-digest": "P4 is told in the weekly digest only.",
  "shared-cause": "one cause struck many at once, so that one notice tells of it.",
  "muted-by-person": "somebody muted the incident.",
  maintenance: "it is in a maintenance window; if it is still on at the end, it is told then.",
  "release-announced": "a release was announced, so the change is expected.",
  acknowledged: "somebody acknowledged it already, and it did not get worse.",
  "sink-over-plan": "the plan allows fewer sinks, and this is one of the newest.",
  "sink-kind-not-in-plan": "the plan has no sinks of this kind.",
  "not-watched": "the workspace no longer owns or follows the endpoint.",
  "owners-alone": "this is for the owner of the endpoint only, and the workspace follows it.",
  "all-rules-off": "every rule is switched off.",
  "endpoint-not-in-scope": "no rule names the endpoint.",
  "severity-not-asked": "no rule asks for this severity of the endpoint.",
  "outside-hours": "it is outside the hours of the rule.",
  "rule-without-sinks": "the rules that fit name no sink.",
  "no-default-sink": "there is no rule and no default sink.",
  "sink-unverified": "it is not verified.",
  "sink-disabled": "it is switched off.",
  "sink-deleted": "the sinks that the rules name are gone.",
  "never-told": "nobody was told of the beginning.",
  "already-told": "it was told of this already.",
};

/** Why a sink was, or was not, told; a reason that is not of the rules is shown as its words. */
export const whyWords = (reason: string): string =>
  Object.hasOwn(WHY, reason) ? WHY[reason as RouteReason] : `${reasonWords(reason)}.`;

/** Every reason of delivering, folding and grouping in a sentence for the tenant: "why was I (not) paged". */
import type { BudgetReason } from "./alert-budget.ts";
import type { BurnReason } from "./burn-rate.ts";
import type { RetryReason } from "./decide-retry.ts";
import type { EscalationReason } from "./delivery-promise.ts";
import type { GroupReason } from "./group-incidents.ts";
import type { SinkDisabledReason } from "./judge-sink-health.ts";
import type { RefusalReason } from "./refuse-delivery.ts";
import type { SubscriberReason } from "./subscriber-debounce.ts";
import type { SuppressionReason } from "./suppress-shared-cause.ts";

export const RETRY_WORDS: Readonly<Record<RetryReason, string>> = {
  accepted: "The receiver accepted it.",
  backoff: "The receiver failed; it is tried again, each time a little later.",
  retry_after: "The receiver said when to try again.",
  breaker_open: "This receiver fails just now; it waits until it answers again, without using up a try.",
  rate_limit: "It waits for its turn, so as not to exceed what the receiver allows.",
  last_try: "One more try is made just before it is given up.",
  deadline: "It was not accepted in time and was given up: an old page is noise.",
  retry_after_past_deadline: "The receiver asked to wait for longer than the message is worth.",
  refused: "The receiver refused this message for good.",
  sink_dead: "The receiver refuses everything for good; the sink was disabled.",
};

export const DELIVERY_ESCALATION_WORDS: Readonly<Record<EscalationReason, string>> = {
  undelivered_10_min: "Nobody accepted this page for ten minutes, so it also went to your other sinks.",
  refused_for_good: "The sink refused this page for good, so it also went to your other sinks.",
  not_a_page: "Only pages go to other sinks when they cannot be delivered.",
  already_escalated: "It already went to your other sinks.",
  settled: "It was delivered, folded or cancelled.",
  still_young: "It is still being delivered.",
};

/** Why a due message was not sent, or why it came here. */
export const REFUSAL_WORDS: Readonly<
  Record<RefusalReason | "detour" | "undelivered-elsewhere" | "superseded", string>
> = {
  deadline: RETRY_WORDS.deadline,
  sink_disabled: "The sink was disabled before this could be sent.",
  sink_unverified: "The sink was not verified: nothing but a proof is sent to it.",
  sink_verified: "The sink was verified already, so no proof was sent.",
  never_told: "Nobody there was told of the beginning, so this was not sent.",
  detour: "It came here because another sink of yours did not take it.",
  "undelivered-elsewhere": "Another sink of yours did not take this page, so it went here, too.",
  superseded: "A newer proof took its place.",
};

export const SINK_DISABLED_WORDS: Readonly<Record<SinkDisabledReason, string>> = {
  refused_for_good: "The receiver said that it does not exist any more, or that we may not post there.",
  failing_for_days: "Nothing was accepted for five days.",
  recheck_refused: "The weekly check found that it does not exist any more, or that we may not post there.",
};

export const BUDGET_WORDS: Readonly<Record<BudgetReason, string>> = {
  within_budget: "Within the plan's alerts of the day.",
  costs_nothing: "Tests and notices do not count against the plan's alerts of the day.",
  told_before: "You were told of this incident before; what follows does not count against the day's alerts.",
  first_page_over_budget:
    "The plan's alerts of the day are used up; the first page of an outage is sent all the same.",
  over_budget: "The plan's alerts of the day are used up; it is in the hourly digest.",
  far_over_budget:
    "Twice the plan's alerts of the day were sent; a digest that names this outage went out at once.",
  opening_was_folded: "Its opening was in a digest, so its end is, too.",
};

export const GROUP_WORDS: Readonly<Record<GroupReason | "nothing_in_common", string>> = {
  same_host: "Several endpoints on the same host fail together and are told of as one.",
  same_domain: "Several endpoints of the same domain fail together and are told of as one.",
  same_issuer: "Several endpoints with certificates of the same issuer fail together and are told of as one.",
  same_block: "Several endpoints in the same address block fail together and are told of as one.",
  same_provider: "Several endpoints at the same provider fail together and are told of as one.",
  same_failure: "Several endpoints fail in the same way from the same regions and are told of as one.",
  nothing_in_common: "No other endpoint of yours failed for the same cause.",
};

export const SUPPRESSION_WORDS: Readonly<Record<SuppressionReason | "shared_cause_struck_many", string>> = {
  shared_cause_struck_many:
    "One cause outside your endpoint struck many at once; one notice tells of it instead of a page.",
  too_few_tenants: "Too few workspaces are affected to speak of one cause.",
  too_small_a_share: "Too small a share of workspaces is affected to speak of one cause.",
  many_tenants_one_cause:
    "More than a tenth of all workspaces would be paged within five minutes for one cause.",
  still_many: "The shared cause still affects many.",
  most_recovered: "Most of those affected have recovered; who has not is paged.",
  nobody_new: "Nobody new was affected for half an hour; what remains is paged.",
  open_too_long: "The shared cause lasted for six hours; what remains is paged.",
};

export const BURN_WORDS: Readonly<Record<BurnReason, string>> = {
  burning: "The error budget burns faster than the target allows.",
  not_burning: "The error budget burns no faster than the target allows.",
  cooling_down: "The error budget burned fast within the last half hour.",
  over: "The error budget has not burned fast for half an hour.",
  no_target: "No target is set for this endpoint.",
  not_in_plan: "Burn-rate alerts are part of the Team and Enterprise plans.",
};

export const SUBSCRIBER_WORDS: Readonly<Record<SubscriberReason, string>> = {
  still_open: "The incident is still open after five minutes.",
  updated: "There is news of the incident.",
  resolved: "Who was told of the incident is told of its end.",
  too_young: "Subscribers hear of an incident when it is still open after five minutes.",
  told_a_moment_ago: "Subscribers hear of one incident at most every 15 minutes.",
  nothing_new: "Nothing new happened since the last message.",
  over_before_told: "The incident was over before anybody was told.",
  subscribed_after_it: "The subscription is younger than the incident.",
  told_to_the_end: "Subscribers were told of its end.",
};

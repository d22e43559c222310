import { type AlertRuleInput, alertRuleInputSchema, readAlertRule } from "@alivemcp/core/alert-rule";
import type { AlertRuleRow } from "@alivemcp/db/queries/alert-rules";
import type { PostedLists } from "../forms/posted-lists.ts";
import type { FormReading } from "../forms/read-form.ts";
import { type HoursValues, hoursOf, hoursValues, postedHours } from "./hours-fields.ts";
import { ALL_ENDPOINTS, postedScope, type ScopeValues, scopeOf, scopeValues } from "./scope-fields.ts";

/** What a form of a rule shows, as it was typed. */
export interface RuleValues {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly severities: readonly string[];
  readonly scope: ScopeValues;
  readonly hours: HoursValues;
  readonly sinkIds: readonly string[];
  /** Empty: none. */
  readonly policyId: string;
}

/** Of a new rule: pages of everything, always. */
export const FRESH_RULE: RuleValues = {
  name: "",
  isEnabled: true,
  severities: ["P1", "P2"],
  scope: ALL_ENDPOINTS,
  hours: hoursValues(null, "UTC"),
  sinkIds: [],
  policyId: "",
};

export function ruleValues(row: AlertRuleRow): RuleValues {
  const rule = readAlertRule(row);
  const { name, isEnabled, severities, sinkIds, escalationPolicyId } = row;
  return {
    name,
    isEnabled,
    severities,
    sinkIds,
    scope: rule === null ? ALL_ENDPOINTS : scopeValues(rule.scope),
    hours: hoursValues(rule?.hours ?? null, "UTC"),
    policyId: escalationPolicyId ?? "",
  };
}

export const postedRule = (form: PostedLists): RuleValues => ({
  name: form.one("name"),
  isEnabled: form.one("enabled") !== "",
  severities: form.all("severities"),
  scope: postedScope(form),
  hours: postedHours(form),
  sinkIds: form.all("sinks"),
  policyId: form.one("policy"),
});

/** Fields of the form by the words of core and of the verbs. */
export const RULE_FIELDS: Readonly<Record<string, string>> = {
  sinkIds: "sinks",
  sink_ids: "sinks",
  escalationPolicyId: "policy",
  escalation_policy_id: "policy",
  "scope.endpoint_ids": "scope",
};

/** The rule as verbs take it, or what is wrong with it beside the fields. */
export function readRule(values: RuleValues): FormReading<AlertRuleInput> {
  const parsed = alertRuleInputSchema.safeParse({
    name: values.name,
    isEnabled: values.isEnabled,
    severities: values.severities,
    scope: scopeOf(values.scope),
    hours: hoursOf(values.hours),
    sinkIds: values.sinkIds,
    escalationPolicyId: values.policyId === "" ? null : values.policyId,
  });
  if (parsed.success) {
    return { kind: "ok", values: parsed.data };
  }
  const problems: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    const [first = "form"] = path.map(String);
    problems[RULE_FIELDS[first] ?? first] ??= message;
  }
  return { kind: "refused", problems };
}

/** Which alerts go where: severity × endpoints × hours → sinks. */
import { z } from "zod";
import { ALERT_SEVERITIES, type AlertSeverity } from "./alert-severity.ts";
import { GROUP_CHARS_MAX, TAGS_MAX, tagSchema } from "./endpoint-input.ts";
import { plainText } from "./plain-text.ts";
import { type WeeklyHours, weeklyHoursSchema } from "./weekly-hours.ts";

const ENDPOINTS_MAX = 500;
const GROUPS_MAX = 50;
/** The bound of the column. */
export const RULE_SINKS_MAX = 50;
export const RULES_MAX = 100;

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** `some` matches an endpoint that is named, has one of the tags, or is in one of the groups. */
export const alertScopeSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("all") }),
    z
      .strictObject({
        kind: z.literal("some"),
        endpointIds: z
          .array(z.uuid({ error: "Choose endpoints from the list." }))
          .max(ENDPOINTS_MAX)
          .default([])
          .transform(unique),
        tags: z.array(tagSchema).max(TAGS_MAX).default([]).transform(unique),
        groups: z.array(plainText(GROUP_CHARS_MAX)).max(GROUPS_MAX).default([]).transform(unique),
      })
      .refine(
        ({ endpointIds, tags, groups }) => endpointIds.length + tags.length + groups.length > 0,
        "Choose at least one endpoint, tag or group: otherwise it would match nothing.",
      ),
  ],
  { error: "Choose all endpoints, or some." },
);
export type AlertScope = Readonly<z.infer<typeof alertScopeSchema>>;

export const alertSeveritiesSchema = z
  .array(z.enum(ALERT_SEVERITIES))
  .min(1, "Choose at least one severity.")
  .transform((severities) => ALERT_SEVERITIES.filter((one) => severities.includes(one)));

/** Body of a rule, without what the database adds. */
export const alertRuleInputSchema = z.strictObject({
  name: plainText(100),
  isEnabled: z.boolean().default(true),
  severities: alertSeveritiesSchema,
  scope: alertScopeSchema,
  /** Null: always. */
  hours: weeklyHoursSchema.nullable().default(null),
  sinkIds: z
    .array(z.uuid({ error: "Choose sinks from the list." }))
    .max(RULE_SINKS_MAX, `A rule may have at most ${RULE_SINKS_MAX} sinks.`)
    .default([])
    .transform(unique),
  escalationPolicyId: z.uuid().nullable().default(null),
});
export type AlertRuleInput = Readonly<z.infer<typeof alertRuleInputSchema>>;

export interface AlertRule extends Omit<AlertRuleInput, "name"> {
  readonly id: string;
  /** Order of showing; every rule that matches counts. */
  readonly position: number;
}

/** What a scope is held against. */
export interface ScopedEndpoint {
  readonly id: string;
  readonly tags: readonly string[];
  readonly group: string | null;
}

export function isInScope(scope: AlertScope, endpoint: ScopedEndpoint): boolean {
  return (
    scope.kind === "all" ||
    scope.endpointIds.includes(endpoint.id) ||
    scope.tags.some((tag) => endpoint.tags.includes(tag)) ||
    (endpoint.group !== null && scope.groups.includes(endpoint.group))
  );
}

/** The columns of a stored rule; null when a newer version, or a hand, wrote what cannot be read: such a rule is skipped. */
export function readAlertRule(stored: {
  readonly id: string;
  readonly position: number;
  readonly isEnabled: boolean;
  readonly severities: readonly string[];
  readonly scope: unknown;
  readonly hours: unknown;
  readonly sinkIds: readonly string[];
  readonly escalationPolicyId: string | null;
}): AlertRule | null {
  const scope = alertScopeSchema.safeParse(stored.scope);
  const hours = weeklyHoursSchema.nullable().safeParse(stored.hours);
  const severities = alertSeveritiesSchema.safeParse(stored.severities);
  if (!scope.success || !hours.success || !severities.success) {
    return null;
  }
  const { id, position, isEnabled, sinkIds, escalationPolicyId } = stored;
  return {
    id,
    position,
    isEnabled,
    severities: severities.data,
    scope: scope.data,
    hours: hours.data,
    sinkIds: unique(sinkIds),
    escalationPolicyId,
  };
}

export type RuleMissReason = "rule-off" | "endpoint-not-in-scope" | "severity-not-asked" | "outside-hours";

/** Whether a rule wants the alert; of several reasons against it the first in this order. */
export function matchRule(
  rule: AlertRule,
  alert: { readonly severity: AlertSeverity; readonly endpoint: ScopedEndpoint },
  isWithin: (hours: WeeklyHours) => boolean,
): "matches" | RuleMissReason {
  if (!rule.isEnabled) {
    return "rule-off";
  }
  if (!isInScope(rule.scope, alert.endpoint)) {
    return "endpoint-not-in-scope";
  }
  if (!rule.severities.includes(alert.severity)) {
    return "severity-not-asked";
  }
  return rule.hours === null || isWithin(rule.hours) ? "matches" : "outside-hours";
}

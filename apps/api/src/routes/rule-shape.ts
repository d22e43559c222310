/** Rules, escalation policies and maintenance windows as the API gives and takes them. */
import { ALERT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { ALERT_VERDICTS } from "@alivemcp/core/delivery-state";
import type { AlertRuleRow } from "@alivemcp/db/queries/alert-rules";
import type { EscalationPolicyRow } from "@alivemcp/db/queries/escalation-policies";
import type { MaintenanceWindowRow } from "@alivemcp/db/queries/maintenance-windows";
import { z } from "@hono/zod-openapi";
import { snakeKeys } from "../requests/snake-keys.ts";

const instant = z.iso.datetime();
const anyInstant = z.iso.datetime({
  offset: true,
  error: "Give an instant such as 2026-11-21T10:00:00Z.",
});
const name = z.string().min(1).max(100);
const clock = z.string().openapi({ example: "09:00" });
const weekdays = z.array(z.int().min(1).max(7)).describe("1 is Monday, 7 is Sunday.");
const timeZone = z.string().max(60).openapi({ example: "Europe/Berlin" });

const scope = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("all") }),
    z.strictObject({
      kind: z.literal("some"),
      endpoint_ids: z.array(z.uuid()).default([]),
      tags: z.array(z.string()).default([]),
      groups: z.array(z.string()).default([]),
    }),
  ])
  .describe("`some`: endpoints that are named, have one of the tags, or are in one of the groups.");
const hours = z
  .strictObject({
    time_zone: timeZone,
    ranges: z.array(z.strictObject({ days: weekdays, from: clock, to: clock })),
  })
  .nullable()
  .describe("Null: always. A range whose end is not after its beginning goes on into the next day.");

/** Held to the finer rules of core afterwards. */
export const ruleBodySchema = z.strictObject({
  name,
  is_enabled: z.boolean().default(true),
  severities: z.array(z.enum(ALERT_SEVERITIES)).min(1, "Choose at least one severity."),
  scope,
  hours: hours.default(null),
  sink_ids: z.array(z.uuid()).default([]),
  escalation_policy_id: z.uuid().nullable().default(null),
});

export const ruleSchema = z
  .strictObject({
    id: z.uuid(),
    position: z.int().describe("Order of showing: every rule that matches counts."),
    name: z.string(),
    is_enabled: z.boolean(),
    severities: z.array(z.string()),
    scope: z.record(z.string(), z.unknown()),
    hours: z.record(z.string(), z.unknown()).nullable(),
    sink_ids: z.array(z.uuid()),
    escalation_policy_id: z.uuid().nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .openapi("AlertRule");

export const ruleJson = (row: AlertRuleRow): z.infer<typeof ruleSchema> => ({
  id: row.id,
  position: row.position,
  name: row.name,
  is_enabled: row.isEnabled,
  severities: row.severities,
  scope: snakeKeys(row.scope) as Record<string, unknown>,
  hours: snakeKeys(row.hours) as Record<string, unknown> | null,
  sink_ids: row.sinkIds,
  escalation_policy_id: row.escalationPolicyId,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});

export const savedRuleSchema = z
  .strictObject({
    rule: ruleSchema,
    warnings: z.array(z.string()).describe("What is allowed but most likely not meant."),
  })
  .openapi("SavedAlertRule");

export const previewSchema = z
  .strictObject({
    verdict: z.enum(ALERT_VERDICTS),
    reason: z.string(),
    why: z.string().describe("The reason in a sentence."),
    sink: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
    rule: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
    until: instant.nullable().describe("When a mute ends."),
  })
  .openapi("PreviewedDecision");

const step = z.strictObject({
  after_minutes: z.int().min(0).max(1_440).describe("After the first page."),
  sink_ids: z.array(z.uuid()).min(1),
});
export const policyBodySchema = z.strictObject({ name, steps: z.array(step).min(1).max(10) });

export const policySchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    steps: z.array(z.strictObject({ after_minutes: z.number(), sink_ids: z.array(z.uuid()) })),
    created_at: instant,
    updated_at: instant,
  })
  .openapi("EscalationPolicy");

const MINUTE_MS = 60_000;

/** The body in the words of the code. */
export const policyInput = ({ name: called, steps }: z.output<typeof policyBodySchema>) => ({
  name: called,
  steps: steps.map((one) => ({ after_ms: one.after_minutes * MINUTE_MS, sink_ids: one.sink_ids })),
});

export const policyJson = (row: EscalationPolicyRow): z.infer<typeof policySchema> => ({
  id: row.id,
  name: row.name,
  steps: (row.steps as readonly { readonly afterMs: number; readonly sinkIds: readonly string[] }[]).map(
    ({ afterMs, sinkIds }) => ({ after_minutes: afterMs / MINUTE_MS, sink_ids: [...sinkIds] }),
  ),
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});

export const windowBodySchema = z.strictObject({
  name,
  scope,
  starts_at: anyInstant,
  ends_at: anyInstant.describe("At most 7 days later."),
  recurrence: z
    .strictObject({
      time_zone: timeZone,
      weekdays,
      start: clock,
      duration_minutes: z.int().min(1).max(1_440),
      until: anyInstant.nullable().default(null),
    })
    .nullable()
    .default(null)
    .describe("Every week after the first time; null: once."),
  is_public: z
    .boolean()
    .default(true)
    .describe("Shown on the public pages of the workspace's own endpoints."),
  note: z.string().max(1_000).nullable().default(null),
});

/** The body in the words of the code. */
export function windowInput(body: z.output<typeof windowBodySchema>) {
  const { starts_at: startsAt, ends_at: endsAt, recurrence, ...rest } = body;
  return {
    ...rest,
    starts_at_ms: Date.parse(startsAt),
    ends_at_ms: Date.parse(endsAt),
    recurrence: recurrence && {
      time_zone: recurrence.time_zone,
      weekdays: recurrence.weekdays,
      start: recurrence.start,
      duration_minutes: recurrence.duration_minutes,
      until_ms: recurrence.until === null ? null : Date.parse(recurrence.until),
    },
  };
}

export const windowSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    scope: z.record(z.string(), z.unknown()),
    starts_at: instant,
    ends_at: instant,
    recurrence: z.record(z.string(), z.unknown()).nullable(),
    is_public: z.boolean(),
    note: z.string().nullable(),
    created_at: instant,
    cancelled_at: instant.nullable().describe("When it was ended for good."),
  })
  .openapi("MaintenanceWindow");

export const windowJson = (row: MaintenanceWindowRow): z.infer<typeof windowSchema> => ({
  id: row.id,
  name: row.name,
  scope: snakeKeys(row.scope) as Record<string, unknown>,
  starts_at: row.startsAt.toISOString(),
  ends_at: row.endsAt.toISOString(),
  recurrence: recurrenceJson(row.recurrence),
  is_public: row.isPublic,
  note: row.note,
  created_at: row.createdAt.toISOString(),
  cancelled_at: row.cancelledAt?.toISOString() ?? null,
});

function recurrenceJson(recurrence: unknown): Record<string, unknown> | null {
  if (recurrence === null) {
    return null;
  }
  const { untilMs, ...rest } = recurrence as { readonly untilMs: number | null };
  const until = untilMs === null ? null : new Date(untilMs).toISOString();
  return { ...(snakeKeys(rest) as object), until };
}

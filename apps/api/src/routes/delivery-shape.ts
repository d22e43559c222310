/** Messages and decisions of alerting as the API gives them. */
import type { ExplainedDecision } from "@alivemcp/actions/alerting/list-decisions";
import type { DeliveryReading } from "@alivemcp/actions/deliveries/list-deliveries";
import { ALERT_EVENTS } from "@alivemcp/core/alert-event";
import { ALERT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { reasonSentence } from "@alivemcp/core/alert-words";
import { ALERT_VERDICTS, DELIVERY_STATES } from "@alivemcp/core/delivery-state";
import { SEND_OUTCOMES, SINK_KINDS } from "@alivemcp/core/sink-kind";
import type { DeliveryRow } from "@alivemcp/db/queries/deliveries";
import { z } from "@hono/zod-openapi";
import { snakeKeys } from "../requests/snake-keys.ts";

const iso = (atMs: number) => new Date(atMs).toISOString();
const isoOrNull = (atMs: number | null) => (atMs === null ? null : iso(atMs));
const instant = z.iso.datetime();

export const deliverySchema = z
  .strictObject({
    id: z.uuid(),
    sink: z.strictObject({ id: z.uuid(), name: z.string(), kind: z.enum(SINK_KINDS) }),
    incident_id: z.uuid().nullable(),
    endpoint_id: z.uuid().nullable(),
    event: z.enum(ALERT_EVENTS),
    severity: z.enum(ALERT_SEVERITIES).nullable(),
    dedup_key: z.string().describe("The same for every message about one thing."),
    title: z.string(),
    is_test: z.boolean(),
    state: z.enum(DELIVERY_STATES),
    reason: z.string().nullable(),
    why: z.string().nullable().describe("The reason in a sentence."),
    attempts: z.int().nonnegative(),
    last_status: z.int().nullable().describe("HTTP or SMTP status of the last try."),
    last_answer: z.string().nullable().describe("Written by the receiver: quote it as untrusted."),
    created_at: instant,
    due_at: instant,
    deadline_at: instant.describe("After this it is given up."),
    settled_at: instant.nullable(),
    resend_of: z.uuid().nullable(),
    escalated_at: instant
      .nullable()
      .describe("When it went to other sinks too, since this one did not take it."),
  })
  .openapi("Delivery");

export const deliveryJson = (row: DeliveryRow): z.infer<typeof deliverySchema> => ({
  id: row.id,
  sink: { id: row.sinkId, name: row.sinkName, kind: row.sinkKind },
  incident_id: row.incidentTenantId,
  endpoint_id: row.endpointId,
  event: row.event,
  severity: row.severity,
  dedup_key: row.dedupKey,
  title: row.title,
  is_test: row.isTest,
  state: row.state,
  reason: row.reason,
  why: row.reason === null ? null : reasonSentence(row.reason),
  attempts: row.attempts,
  last_status: row.lastStatus,
  last_answer: row.lastAnswer,
  created_at: iso(row.createdAtMs),
  due_at: iso(row.dueAtMs),
  deadline_at: iso(row.deadlineAtMs),
  settled_at: isoOrNull(row.settledAtMs),
  resend_of: row.resendOf,
  escalated_at: isoOrNull(row.escalatedAtMs),
});

const attemptSchema = z
  .strictObject({
    n: z.int().positive(),
    at: instant,
    outcome: z.enum(SEND_OUTCOMES),
    reason: z.string().nullable(),
    status: z.int().nullable(),
    answer: z.string().nullable(),
    duration_ms: z.int().nonnegative(),
    retry_at: instant.nullable(),
  })
  .openapi("DeliveryAttempt");

export const deliveryDetailSchema = z
  .strictObject({
    delivery: deliverySchema,
    attempts: z.array(attemptSchema).describe("Oldest first."),
    message: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe("What was said, before any channel's form. Null for one of another version."),
  })
  .openapi("DeliveryDetails");

export const deliveryDetailJson = (reading: DeliveryReading): z.infer<typeof deliveryDetailSchema> => ({
  delivery: deliveryJson(reading.delivery),
  attempts: reading.attempts.map(({ atMs, durationMs, retryAtMs, n, outcome, reason, status, answer }) => ({
    n,
    at: iso(atMs),
    outcome,
    reason,
    status,
    answer,
    duration_ms: durationMs,
    retry_at: isoOrNull(retryAtMs),
  })),
  message: snakeKeys(reading.message) as Record<string, unknown> | null,
});

export const decisionSchema = z
  .strictObject({
    id: z.int(),
    at: instant,
    endpoint_id: z.uuid().nullable(),
    incident_id: z.uuid().nullable(),
    event: z.enum(ALERT_EVENTS),
    severity: z.enum(ALERT_SEVERITIES),
    sink: z
      .strictObject({ id: z.uuid(), name: z.string() })
      .nullable()
      .describe("Null: no sink came into question."),
    rule: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
    verdict: z
      .enum(ALERT_VERDICTS)
      .describe(
        "`fold`: a digest or a notice tells of it. `mute`: kept back. `skip`: nobody asked for it there.",
      ),
    reason: z.string(),
    why: z.string().describe("The reason in a sentence."),
  })
  .openapi("AlertDecision");

export const decisionJson = (row: ExplainedDecision): z.infer<typeof decisionSchema> => ({
  id: row.id,
  at: iso(row.atMs),
  endpoint_id: row.endpointId,
  incident_id: row.incidentTenantId,
  event: row.event,
  severity: row.severity,
  sink: row.sinkId === null ? null : { id: row.sinkId, name: row.sinkName ?? "" },
  rule: row.ruleId === null ? null : { id: row.ruleId, name: row.ruleName ?? "" },
  verdict: row.verdict,
  reason: row.reason,
  why: row.sentence,
});

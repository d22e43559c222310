/** Incidents as the API gives them. */
import type { IncidentReading, TimelineEntry } from "@alivemcp/actions/incidents/get-incident";
import { INCIDENT_STATES, incidentState } from "@alivemcp/actions/incidents/list-incidents";
import { INCIDENT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { reasonSentence } from "@alivemcp/core/alert-words";
import { UPDATE_STAGES } from "@alivemcp/core/incident-cause";
import type { IncidentRow, IncidentUpdateRow } from "@alivemcp/db/queries/incidents";
import { z } from "@hono/zod-openapi";
import { snakeKeys } from "../requests/snake-keys.ts";
import { decisionJson, decisionSchema, deliveryJson, deliverySchema } from "./delivery-shape.ts";

const iso = (atMs: number) => new Date(atMs).toISOString();
const isoOrNull = (atMs: number | null) => (atMs === null ? null : iso(atMs));
const instant = z.iso.datetime();

export const incidentSchema = z
  .strictObject({
    id: z.uuid().describe("The `dedup_key` of its messages on every channel."),
    endpoint: z.strictObject({
      id: z.uuid(),
      slug: z.string(),
      name: z.string(),
      is_own: z.boolean().describe("False: followed; only its owner tells the public."),
    }),
    state: z.enum(INCIDENT_STATES),
    severity: z.enum(INCIDENT_SEVERITIES),
    severity_worst: z.enum(INCIDENT_SEVERITIES),
    causes: z.array(z.string()).describe("What is the matter now; empty once resolved."),
    failure_reason: z.string().nullable(),
    regions: z.array(z.string()).describe("Regions that said so."),
    is_flapping: z.boolean(),
    is_simulated: z.boolean(),
    started_at: instant.describe("First failing probe."),
    opened_at: instant.describe("When it was decided."),
    ended_at: instant.nullable().describe("First good probe."),
    resolved_at: instant.nullable(),
    acknowledged_at: instant.nullable(),
    acknowledged_by: z.string().nullable().describe("Such as `member <id>`, `api-key <id>`, `sink <id>`."),
    muted_until: instant.nullable(),
    first_accepted_at: instant.nullable().describe("When a receiver accepted a message of it first."),
    group_id: z.uuid().nullable().describe("Incidents of one group began together, for one cause."),
  })
  .openapi("Incident");

export const incidentJson = (row: IncidentRow): z.infer<typeof incidentSchema> => ({
  id: row.id,
  endpoint: { id: row.endpointId, slug: row.endpointSlug, name: row.endpointName, is_own: row.isOwn },
  state: incidentState(row),
  severity: row.severity,
  severity_worst: row.severityWorst,
  causes: [...row.causes],
  failure_reason: row.failureReason,
  regions: [...row.regions],
  is_flapping: row.isFlapping,
  is_simulated: row.isSimulated,
  started_at: iso(row.startedAtMs),
  opened_at: iso(row.openedAtMs),
  ended_at: isoOrNull(row.endedAtMs),
  resolved_at: isoOrNull(row.resolvedAtMs),
  acknowledged_at: isoOrNull(row.acknowledgedAtMs),
  acknowledged_by: row.acknowledgedBy,
  muted_until: isoOrNull(row.mutedUntilMs),
  first_accepted_at: isoOrNull(row.firstAcceptedAtMs),
  group_id: row.groupId,
});

export const incidentUpdateSchema = z
  .strictObject({ id: z.uuid(), at: instant, stage: z.enum(UPDATE_STAGES), body: z.string() })
  .openapi("IncidentUpdate");

export const incidentUpdateJson = (row: IncidentUpdateRow): z.infer<typeof incidentUpdateSchema> => ({
  id: row.id,
  at: row.at.toISOString(),
  stage: row.stage,
  body: row.body,
});

const entrySchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("event"),
      at: instant,
      event: z.string().describe("`opened`, `acknowledged`, `comment` and the like."),
      actor: z.string().nullable(),
      why: z.string().nullable(),
      facts: z.record(z.string(), z.unknown()),
    }),
    z.strictObject({ kind: z.literal("update"), at: instant, update: incidentUpdateSchema }),
    z.strictObject({ kind: z.literal("delivery"), at: instant, delivery: deliverySchema }),
    z.strictObject({ kind: z.literal("decision"), at: instant, decision: decisionSchema }),
  ])
  .openapi("TimelineEntry");

export const incidentDetailSchema = z
  .strictObject({
    incident: incidentSchema,
    timeline: z.array(entrySchema).describe("Oldest first."),
    updates: z.array(incidentUpdateSchema).describe("What the owner told the public, oldest first."),
    together: z
      .array(incidentSchema)
      .describe("Incidents that began together for one cause, this one included."),
  })
  .openapi("IncidentDetails");

export const incidentDetailJson = (reading: IncidentReading): z.infer<typeof incidentDetailSchema> => ({
  incident: incidentJson(reading.incident),
  timeline: reading.timeline.map(entryJson),
  updates: reading.updates.map(incidentUpdateJson),
  together: reading.together.map(incidentJson),
});

function entryJson(entry: TimelineEntry): z.infer<typeof entrySchema> {
  const at = iso(entry.atMs);
  switch (entry.kind) {
    case "event": {
      const { kind, actor, facts } = entry.event;
      const { reason } = facts;
      return {
        kind: "event",
        at,
        event: kind,
        actor,
        why: typeof reason === "string" ? reasonSentence(reason) : null,
        facts: snakeKeys(facts) as Record<string, unknown>,
      };
    }
    case "update":
      return { kind: "update", at, update: incidentUpdateJson(entry.update) };
    case "delivery":
      return { kind: "delivery", at, delivery: deliveryJson(entry.delivery) };
    case "decision": {
      const { decision } = entry;
      const sentence = reasonSentence(decision.reason) ?? decision.reason;
      return { kind: "decision", at, decision: decisionJson({ ...decision, sentence }) };
    }
  }
}

import { ALERT_EVENTS } from "@alivemcp/core/alert-event";
import { ALERT_SEVERITIES, INCIDENT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { ALERT_VERDICTS, DELIVERY_STATES } from "@alivemcp/core/delivery-state";
import { SEND_OUTCOMES, SINK_KINDS, SINK_STATES } from "@alivemcp/core/sink-kind";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "./accounts.ts";
import { alertRule } from "./alert-rules.ts";
import { endpoints } from "./endpoints.ts";
import { incidentTenant } from "./incidents.ts";
import { tenants } from "./tenants.ts";

export const sink = pgTable("sink", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  kind: text({ enum: SINK_KINDS }).notNull(),
  name: text().notNull(),
  state: text({ enum: SINK_STATES }).notNull().default("unverified"),
  shown: text().notNull(),
  sealed: jsonb().notNull(),
  sealingKeyId: text("sealing_key_id").notNull(),
  version: integer().notNull().default(1),
  isDefault: boolean("is_default").notNull().default(false),
  proofHash: text("proof_hash"),
  proofExpiresAt: timestamp("proof_expires_at", { withTimezone: true }),
  proofTries: integer("proof_tries").notNull().default(0),
  verifiedAt: timestamp("verified_at", { withTimezone: true }),
  reverifyAt: timestamp("reverify_at", { withTimezone: true }),
  disabledAt: timestamp("disabled_at", { withTimezone: true }),
  disabledReason: text("disabled_reason"),
  lastAttemptAt: timestamp("last_attempt_at", { withTimezone: true }),
  lastOutcome: text("last_outcome", { enum: SEND_OUTCOMES }),
  lastAnswer: text("last_answer"),
  failuresInARow: integer("failures_in_a_row").notNull().default(0),
  failingSince: timestamp("failing_since", { withTimezone: true }),
  createdBy: uuid("created_by").references(() => users.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const alertDecision = pgTable("alert_decision", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  at: timestamp({ withTimezone: true }).notNull(),
  endpointId: uuid("endpoint_id").references(() => endpoints.id),
  incidentTenantId: uuid("incident_tenant_id").references(() => incidentTenant.id),
  alertKey: text("alert_key").notNull(),
  event: text({ enum: ALERT_EVENTS }).notNull(),
  severity: text({ enum: ALERT_SEVERITIES }).notNull(),
  sinkId: uuid("sink_id").references(() => sink.id),
  ruleId: uuid("rule_id").references(() => alertRule.id),
  verdict: text({ enum: ALERT_VERDICTS }).notNull(),
  reason: text().notNull(),
  facts: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
});

export const delivery = pgTable("delivery", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  sinkId: uuid("sink_id")
    .notNull()
    .references(() => sink.id),
  incidentTenantId: uuid("incident_tenant_id").references(() => incidentTenant.id),
  endpointId: uuid("endpoint_id").references(() => endpoints.id),
  alertKey: text("alert_key").notNull(),
  dedupKey: text("dedup_key").notNull(),
  event: text({ enum: ALERT_EVENTS }).notNull(),
  severity: text({ enum: ALERT_SEVERITIES }),
  message: jsonb().notNull(),
  state: text({ enum: DELIVERY_STATES }).notNull().default("pending"),
  reason: text(),
  priority: integer().notNull().default(100),
  attempts: integer().notNull().default(0),
  dueAt: timestamp("due_at", { withTimezone: true }).notNull(),
  deadlineAt: timestamp("deadline_at", { withTimezone: true }).notNull(),
  leasedUntil: timestamp("leased_until", { withTimezone: true }),
  leasedBy: text("leased_by"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  settledAt: timestamp("settled_at", { withTimezone: true }),
  digestId: uuid("digest_id").references((): AnyPgColumn => delivery.id),
  resendOf: uuid("resend_of").references((): AnyPgColumn => delivery.id),
  escalatedAt: timestamp("escalated_at", { withTimezone: true }),
  seq: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
  detourOf: uuid("detour_of").references((): AnyPgColumn => delivery.id),
});

export const deliveryAttempt = pgTable(
  "delivery_attempt",
  {
    deliveryId: uuid("delivery_id")
      .notNull()
      .references(() => delivery.id),
    n: integer().notNull(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    at: timestamp({ withTimezone: true }).notNull(),
    outcome: text({ enum: SEND_OUTCOMES }).notNull(),
    reason: text(),
    status: integer(),
    answer: text(),
    durationMs: integer("duration_ms").notNull(),
    retryAt: timestamp("retry_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.n] })],
);

export const inboundEvent = pgTable(
  "inbound_event",
  {
    sinkId: uuid("sink_id")
      .notNull()
      .references(() => sink.id),
    eventKey: text("event_key").notNull(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    receivedAt: timestamp("received_at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.sinkId, table.eventKey] })],
);

export const orphanedThread = pgTable("orphaned_thread", {
  dedupKey: uuid("dedup_key").primaryKey(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  endpointName: text("endpoint_name").notNull(),
  endpointSlug: text("endpoint_slug").notNull(),
  severity: text({ enum: INCIDENT_SEVERITIES }).notNull(),
  startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
  isSimulated: boolean("is_simulated").notNull(),
  sinkIds: uuid("sink_ids").array().notNull(),
  at: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

export const sinkThread = pgTable(
  "sink_thread",
  {
    sinkId: uuid("sink_id")
      .notNull()
      .references(() => sink.id),
    dedupKey: text("dedup_key").notNull(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    ref: jsonb().$type<Readonly<Record<string, string>>>().notNull(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.sinkId, table.dedupKey] })],
);

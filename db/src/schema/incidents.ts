import { INCIDENT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { UPDATE_STAGES } from "@alivemcp/core/incident-cause";
import { bigint, boolean, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { escalationPolicy } from "./alert-rules.ts";
import { endpoints } from "./endpoints.ts";
import { tenants } from "./tenants.ts";

export const incident = pgTable("incident", {
  id: uuid().primaryKey().defaultRandom(),
  endpointId: uuid("endpoint_id")
    .notNull()
    .references(() => endpoints.id),
  simulatedFor: uuid("simulated_for").references(() => tenants.id),
  startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  openedAt: timestamp("opened_at", { withTimezone: true }).notNull(),
  resolvedAt: timestamp("resolved_at", { withTimezone: true }),
  severity: text({ enum: INCIDENT_SEVERITIES }).notNull(),
  severityWorst: text("severity_worst", { enum: INCIDENT_SEVERITIES }).notNull(),
  causes: text().array().notNull(),
  failureReason: text("failure_reason"),
  regions: text().array().notNull().default([]),
  isFlapping: boolean("is_flapping").notNull().default(false),
  revision: integer().notNull().default(1),
  access: jsonb().$type<{ readonly atMs: number; readonly isWalled: boolean }>(),
  wakeAt: timestamp("wake_at", { withTimezone: true }),
});

export const incidentGroup = pgTable("incident_group", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  cause: text().notNull(),
  openedAt: timestamp("opened_at", { withTimezone: true }).notNull(),
  closedAt: timestamp("closed_at", { withTimezone: true }),
  anchorId: uuid("anchor_id"),
  toldMembers: integer("told_members"),
  toldAt: timestamp("told_at", { withTimezone: true }),
});

export const suppressionCluster = pgTable("suppression_cluster", {
  id: uuid().primaryKey().defaultRandom(),
  cause: text().notNull(),
  openedAt: timestamp("opened_at", { withTimezone: true }).notNull(),
  closedAt: timestamp("closed_at", { withTimezone: true }),
  tenants: integer().notNull(),
  endpoints: integer().notNull(),
  tenantsAll: integer("tenants_all").notNull(),
});

export const incidentTenant = pgTable("incident_tenant", {
  id: uuid().primaryKey().defaultRandom(),
  incidentId: uuid("incident_id")
    .notNull()
    .references(() => incident.id),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  endpointId: uuid("endpoint_id")
    .notNull()
    .references(() => endpoints.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  acknowledgedAt: timestamp("acknowledged_at", { withTimezone: true }),
  acknowledgedBy: text("acknowledged_by"),
  mutedUntil: timestamp("muted_until", { withTimezone: true }),
  mutedBy: text("muted_by"),
  groupId: uuid("group_id").references(() => incidentGroup.id),
  clusterId: uuid("cluster_id").references(() => suppressionCluster.id),
  escalationPolicyId: uuid("escalation_policy_id").references(() => escalationPolicy.id),
  escalationStep: integer("escalation_step").notNull().default(0),
  toldSeverity: text("told_severity", { enum: INCIDENT_SEVERITIES }),
  firstAcceptedAt: timestamp("first_accepted_at", { withTimezone: true }),
  wakeAt: timestamp("wake_at", { withTimezone: true }),
  resolvedAt: timestamp("resolved_at", { withTimezone: true }),
});

export const incidentEvent = pgTable("incident_event", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  incidentId: uuid("incident_id")
    .notNull()
    .references(() => incident.id),
  tenantId: uuid("tenant_id").references(() => tenants.id),
  at: timestamp({ withTimezone: true }).notNull(),
  kind: text().notNull(),
  actor: text(),
  facts: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
  key: text().notNull(),
});

export const incidentUpdate = pgTable("incident_update", {
  id: uuid().primaryKey().defaultRandom(),
  incidentId: uuid("incident_id")
    .notNull()
    .references(() => incident.id),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  stage: text({ enum: UPDATE_STAGES }).notNull(),
  body: text().notNull(),
  writtenBy: text("written_by").notNull(),
  at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  toldAt: timestamp("told_at", { withTimezone: true }),
});

import { boolean, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { tenants } from "./tenants.ts";

export const escalationPolicy = pgTable("escalation_policy", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  name: text().notNull(),
  steps: jsonb().$type<readonly unknown[]>().notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const alertRule = pgTable("alert_rule", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  name: text().notNull(),
  position: integer().notNull(),
  isEnabled: boolean("is_enabled").notNull().default(true),
  severities: text().array().notNull(),
  scope: jsonb().notNull(),
  hours: jsonb(),
  sinkIds: uuid("sink_ids").array().notNull().default([]),
  escalationPolicyId: uuid("escalation_policy_id").references(() => escalationPolicy.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const maintenanceWindow = pgTable("maintenance_window", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  name: text().notNull(),
  scope: jsonb().notNull(),
  startsAt: timestamp("starts_at", { withTimezone: true }).notNull(),
  endsAt: timestamp("ends_at", { withTimezone: true }).notNull(),
  recurrence: jsonb(),
  isPublic: boolean("is_public").notNull().default(true),
  note: text(),
  createdBy: text("created_by").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  cancelledAt: timestamp("cancelled_at", { withTimezone: true }),
});

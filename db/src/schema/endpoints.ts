import { PAUSE_REASONS } from "@alivemcp/core/endpoint-options";
import type { HealthOptions } from "@alivemcp/core/health-options";
import type { HealthUrl } from "@alivemcp/core/health-url";
import { TRANSPORTS } from "@alivemcp/core/states";
import {
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { tenants } from "./tenants.ts";

export const endpoints = pgTable("endpoints", {
  id: uuid().primaryKey().defaultRandom(),
  number: integer().notNull().unique().generatedAlwaysAsIdentity(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  slug: text().notNull().unique(),
  name: text().notNull(),
  url: text().notNull(),
  normalizedUrl: text("normalized_url").notNull(),
  host: text().notNull(),
  registrableDomain: text("registrable_domain").notNull(),
  transport: text({ enum: TRANSPORTS }).notNull().default("auto"),
  visibility: text({ enum: ["public", "unlisted", "private"] }).notNull(),
  standing: text({ enum: ["unclaimed", "added", "claimed"] }).notNull(),
  cadenceS: integer("cadence_s").notNull().default(60),
  regions: text().array().notNull().default([]),
  confirmationPeriodMs: integer("confirmation_period_ms").notNull().default(30_000),
  health: jsonb().$type<HealthOptions>().notNull().default({ kind: "auto" }),
  configVersion: integer("config_version").notNull().default(1),
  retentionClass: text("retention_class").notNull(),
  healthUrls: jsonb("health_urls").$type<readonly HealthUrl[]>().notNull().default([]),
  expectedTools: text("expected_tools").array().notNull().default([]),
  latencyDegradedMs: integer("latency_degraded_ms").notNull().default(5_000),
  degradedAfterMinutes: integer("degraded_after_minutes").notNull().default(3),
  degradedClearedAfterMinutes: integer("degraded_cleared_after_minutes").notNull().default(2),
  pausedAt: timestamp("paused_at", { withTimezone: true }),
  pausedReason: text("paused_reason", { enum: PAUSE_REASONS }),
  firstWatchedAt: timestamp("first_watched_at", { withTimezone: true }).notNull().defaultNow(),
  runbookUrl: text("runbook_url"),
  sloTarget: doublePrecision("slo_target"),
  isDemo: boolean("is_demo").notNull().default(false),
  credentialVersion: integer("credential_version").notNull().default(0),
  tags: text().array().notNull().default([]),
  groupName: text("group_name"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const follow = pgTable(
  "follow",
  {
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => endpoints.id),
    cadenceS: integer("cadence_s").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
    pausedAt: timestamp("paused_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.endpointId] })],
);

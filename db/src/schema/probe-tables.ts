import { date, integer, jsonb, pgTable, primaryKey, smallint, text, timestamp } from "drizzle-orm/pg-core";
import { bytea } from "./bytea.ts";

export const probeMinute = pgTable(
  "probe_minute",
  {
    endpointNumber: integer("endpoint_number").notNull(),
    retentionClass: smallint("retention_class").notNull(),
    state: smallint().notNull(),
    minuteAt: timestamp("minute_at", { withTimezone: true }).notNull(),
    latencyMs: integer("latency_ms"),
    revision: integer().notNull(),
    coversMinutes: smallint("covers_minutes").notNull(),
    reason: smallint(),
    regions: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpointNumber, table.retentionClass, table.minuteAt] })],
);

export const probeEvidence = pgTable(
  "probe_evidence",
  {
    endpointNumber: integer("endpoint_number").notNull(),
    retentionClass: smallint("retention_class").notNull(),
    minuteAt: timestamp("minute_at", { withTimezone: true }).notNull(),
    observedAt: timestamp("observed_at", { withTimezone: true }).notNull(),
    region: text().notNull(),
    state: text().notNull(),
    reason: text(),
    layer: text(),
    detail: text(),
    steps: jsonb().$type<readonly unknown[]>().notNull().default([]),
    excerpt: text(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointNumber, table.retentionClass, table.minuteAt, table.region] }),
  ],
);

export const probeHour = pgTable(
  "probe_hour",
  {
    endpointNumber: integer("endpoint_number").notNull(),
    hourAt: timestamp("hour_at", { withTimezone: true }).notNull(),
    upMinutes: integer("up_minutes").notNull().default(0),
    degradedMinutes: integer("degraded_minutes").notNull().default(0),
    downMinutes: integer("down_minutes").notNull().default(0),
    authWalledMinutes: integer("auth_walled_minutes").notNull().default(0),
    unknownMinutes: integer("unknown_minutes").notNull().default(0),
    maintenanceMinutes: integer("maintenance_minutes").notNull().default(0),
    latencyHistogram: integer("latency_histogram").array().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.endpointNumber, table.hourAt] })],
);

export const probeDay = pgTable(
  "probe_day",
  {
    endpointNumber: integer("endpoint_number").notNull(),
    day: date({ mode: "string" }).notNull(),
    upMinutes: integer("up_minutes").notNull().default(0),
    degradedMinutes: integer("degraded_minutes").notNull().default(0),
    downMinutes: integer("down_minutes").notNull().default(0),
    authWalledMinutes: integer("auth_walled_minutes").notNull().default(0),
    unknownMinutes: integer("unknown_minutes").notNull().default(0),
    maintenanceMinutes: integer("maintenance_minutes").notNull().default(0),
    latencyHistogram: integer("latency_histogram").array().notNull().default([]),
    rolledUpAt: timestamp("rolled_up_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.endpointNumber, table.day] })],
);

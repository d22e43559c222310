import { BURN_PACES } from "@alivemcp/core/burn-rate";
import { jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "./endpoints.ts";
import { tenants } from "./tenants.ts";

export const digestMark = pgTable("digest_mark", {
  tenantId: uuid("tenant_id")
    .primaryKey()
    .references(() => tenants.id),
  weeklyDueAt: timestamp("weekly_due_at", { withTimezone: true }).notNull(),
});

export const burnRate = pgTable("burn_rate", {
  endpointId: uuid("endpoint_id")
    .primaryKey()
    .references(() => endpoints.id),
  pace: text({ enum: BURN_PACES }).notNull(),
  since: timestamp({ withTimezone: true }).notNull(),
  heldAt: timestamp("held_at", { withTimezone: true }).notNull(),
});

export const upkeepMemory = pgTable("upkeep_memory", {
  task: text().primaryKey(),
  memory: jsonb().notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull(),
});

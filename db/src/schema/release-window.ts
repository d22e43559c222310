import { RELEASE_SETTLED_REASONS } from "@alivemcp/core/release-window";
import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "./endpoints.ts";
import { tenants } from "./tenants.ts";

export const releaseWindow = pgTable("release_window", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  endpointId: uuid("endpoint_id")
    .notNull()
    .references(() => endpoints.id),
  fromAt: timestamp("from_at", { withTimezone: true }).notNull(),
  untilAt: timestamp("until_at", { withTimezone: true }).notNull(),
  note: text(),
  announcedBy: text("announced_by").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  cancelledAt: timestamp("cancelled_at", { withTimezone: true }),
  settledAt: timestamp("settled_at", { withTimezone: true }),
  settledReason: text("settled_reason", { enum: RELEASE_SETTLED_REASONS }),
});

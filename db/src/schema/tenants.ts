import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const tenants = pgTable("tenants", {
  id: uuid().primaryKey().defaultRandom(),
  kind: text({ enum: ["public", "customer"] })
    .notNull()
    .default("customer"),
  name: text().notNull(),
  slug: text().notNull().unique(),
  plan: text().notNull(),
  suspendedAt: timestamp("suspended_at", { withTimezone: true }),
  suspendedReason: text("suspended_reason"),
  deletionDueAt: timestamp("deletion_due_at", { withTimezone: true }),
  deletionRequestedAt: timestamp("deletion_requested_at", { withTimezone: true }),
  timeZone: text("time_zone").notNull().default("UTC"),
  planChangedAt: timestamp("plan_changed_at", { withTimezone: true }),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

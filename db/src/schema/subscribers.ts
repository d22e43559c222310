import { integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "./endpoints.ts";
import { incident } from "./incidents.ts";

export const subscriber = pgTable("subscriber", {
  id: uuid().primaryKey().defaultRandom(),
  endpointId: uuid("endpoint_id")
    .notNull()
    .references(() => endpoints.id),
  kind: text({ enum: ["email", "webhook"] }).notNull(),
  targetHash: text("target_hash").notNull(),
  sealed: jsonb().notNull(),
  sealingKeyId: text("sealing_key_id").notNull(),
  confirmHash: text("confirm_hash"),
  confirmUntil: timestamp("confirm_until", { withTimezone: true }),
  confirmedAt: timestamp("confirmed_at", { withTimezone: true }),
  endHash: text("end_hash").notNull(),
  failures: integer().notNull().default(0),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});

export const subscriberDelivery = pgTable("subscriber_delivery", {
  id: uuid().primaryKey().defaultRandom(),
  subscriberId: uuid("subscriber_id")
    .notNull()
    .references(() => subscriber.id),
  incidentId: uuid("incident_id")
    .notNull()
    .references(() => incident.id),
  step: text().notNull(),
  message: jsonb().notNull(),
  state: text({ enum: ["pending", "sent", "failed", "cancelled"] })
    .notNull()
    .default("pending"),
  reason: text(),
  position: integer().notNull(),
  attempts: integer().notNull().default(0),
  dueAt: timestamp("due_at", { withTimezone: true }).notNull(),
  deadlineAt: timestamp("deadline_at", { withTimezone: true }).notNull(),
  leasedUntil: timestamp("leased_until", { withTimezone: true }),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  settledAt: timestamp("settled_at", { withTimezone: true }),
});

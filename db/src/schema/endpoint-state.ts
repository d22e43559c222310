import { COMMITTED_STATES } from "@alivemcp/core/states";
import { bigint, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "./endpoints.ts";

export const endpointState = pgTable("endpoint_state", {
  endpointId: uuid("endpoint_id")
    .primaryKey()
    .references(() => endpoints.id),
  shard: text().notNull(),
  committed: text({ enum: COMMITTED_STATES }).notNull().default("unknown"),
  since: timestamp({ withTimezone: true }).notNull(),
  reason: text(),
  flags: text().array().notNull().default([]),
  machine: jsonb().notNull(),
  confirmingUntil: timestamp("confirming_until", { withTimezone: true }),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const stateSpan = pgTable(
  "state_span",
  {
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => endpoints.id),
    state: text({ enum: COMMITTED_STATES }).notNull(),
    fromAt: timestamp("from_at", { withTimezone: true }).notNull(),
    toAt: timestamp("to_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.fromAt] })],
);

export const transition = pgTable("transition", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  endpointId: uuid("endpoint_id")
    .notNull()
    .references(() => endpoints.id),
  at: timestamp({ withTimezone: true }).notNull(),
  fromState: text("from_state").notNull(),
  toState: text("to_state").notNull(),
  reason: text().notNull(),
  facts: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
});

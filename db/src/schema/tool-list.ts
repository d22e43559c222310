import { boolean, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./bytea.ts";
import { endpoints } from "./endpoints.ts";
import { releaseWindow } from "./release-window.ts";

export const toolList = pgTable("tool_list", {
  fullHash: text("full_hash").primaryKey(),
  contractHash: text("contract_hash").notNull(),
  toolsCount: integer("tools_count").notNull(),
  body: bytea().notNull(),
  firstSeenAt: timestamp("first_seen_at", { withTimezone: true }).notNull().defaultNow(),
});

export const driftEvent = pgTable("drift_event", {
  id: uuid().primaryKey().defaultRandom(),
  endpointId: uuid("endpoint_id")
    .notNull()
    .references(() => endpoints.id),
  region: text(),
  at: timestamp({ withTimezone: true }).notNull(),
  kind: text({
    enum: ["drift", "inconsistent_replicas", "inconsistent_regions", "tool_list_emptied"],
  }).notNull(),
  fromContractHash: text("from_contract_hash"),
  fromFullHash: text("from_full_hash"),
  toContractHash: text("to_contract_hash"),
  toFullHash: text("to_full_hash"),
  isBreaking: boolean("is_breaking").notNull(),
  isSuspicious: boolean("is_suspicious").notNull().default(false),
  changes: jsonb().$type<readonly unknown[]>().notNull().default([]),
  acceptedAt: timestamp("accepted_at", { withTimezone: true }),
  acceptedBy: text("accepted_by"),
  releaseWindowId: uuid("release_window_id").references(() => releaseWindow.id),
  alertedAt: timestamp("alerted_at", { withTimezone: true }),
});

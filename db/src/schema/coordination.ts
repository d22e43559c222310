import { bigint, integer, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";

export const consumerFence = pgTable(
  "consumer_fence",
  {
    consumerGroup: text("consumer_group").notNull(),
    shard: text().notNull(),
    fence: bigint({ mode: "number" }).notNull(),
    watermarkAt: timestamp("watermark_at", { withTimezone: true }),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.consumerGroup, table.shard] })],
);

export const scheduleClaim = pgTable(
  "schedule_claim",
  {
    windowAt: timestamp("window_at", { withTimezone: true }).notNull(),
    shard: text().notNull(),
    claimedBy: text("claimed_by"),
    leaseUntil: timestamp("lease_until", { withTimezone: true }),
    doneAt: timestamp("done_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.windowAt, table.shard] })],
);

export const schemaMigration = pgTable("schema_migration", {
  number: integer().primaryKey(),
  name: text().notNull(),
  checksum: text().notNull(),
  appliedAt: timestamp("applied_at", { withTimezone: true }).notNull().defaultNow(),
});

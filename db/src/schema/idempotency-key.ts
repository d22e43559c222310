import { pgTable, primaryKey, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./bytea.ts";
import { tenants } from "./tenants.ts";

export const idempotencyKey = pgTable(
  "idempotency_key",
  {
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    callerId: text("caller_id").notNull(),
    key: text().notNull(),
    requestHash: text("request_hash").notNull(),
    attempt: uuid().notNull(),
    startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
    changedAt: timestamp("changed_at", { withTimezone: true }),
    status: smallint(),
    answer: bytea(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.callerId, table.key] })],
);

import { bigint, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** Append-only; the database refuses to change or remove a row. */
export const auditLog = pgTable("audit_log", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  tenantId: uuid("tenant_id"),
  actorKind: text("actor_kind", { enum: ["member", "api-key", "operator", "system", "user"] }).notNull(),
  actorId: text("actor_id"),
  action: text().notNull(),
  targetKind: text("target_kind").notNull(),
  targetId: text("target_id"),
  reason: text(),
  fromAddress: text("from_address"),
  requestId: text("request_id"),
  contentHash: text("content_hash"),
});

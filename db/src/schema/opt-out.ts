import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const optOut = pgTable("opt_out", {
  id: uuid().primaryKey().defaultRandom(),
  kind: text({ enum: ["domain", "host", "url"] }).notNull(),
  target: text().notNull(),
  contact: text(),
  note: text(),
  requestedAt: timestamp("requested_at", { withTimezone: true }).notNull().defaultNow(),
  verifiedAt: timestamp("verified_at", { withTimezone: true }),
  withdrawnAt: timestamp("withdrawn_at", { withTimezone: true }),
});

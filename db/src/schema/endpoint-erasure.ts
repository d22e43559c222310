import { integer, pgTable, timestamp, uuid } from "drizzle-orm/pg-core";

/** Endpoints that are gone, with what is still to be erased of them. No foreign key: it outlives the endpoint. */
export const endpointErasure = pgTable("endpoint_erasure", {
  endpointId: uuid("endpoint_id").primaryKey(),
  endpointNumber: integer("endpoint_number").notNull(),
  deletedAt: timestamp("deleted_at", { withTimezone: true }).notNull().defaultNow(),
});

import { bigint, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "./endpoints.ts";
import { tenants } from "./tenants.ts";

export const retiredSlug = pgTable("retired_slug", {
  slug: text().primaryKey(),
  tenantId: uuid("tenant_id").references(() => tenants.id),
  endpointId: uuid("endpoint_id").references(() => endpoints.id),
  retiredAt: timestamp("retired_at", { withTimezone: true }).notNull().defaultNow(),
});

export const notice = pgTable("notice", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  kind: text().notNull(),
  facts: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  dismissedAt: timestamp("dismissed_at", { withTimezone: true }),
});

export const endpointClaim = pgTable(
  "endpoint_claim",
  {
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => endpoints.id),
    token: text().notNull(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
    provenAt: timestamp("proven_at", { withTimezone: true }),
    method: text({ enum: ["dns", "file", "marker"] }),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.endpointId] })],
);

import { customType, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "./endpoints.ts";
import { tenants } from "./tenants.ts";

export const statusPage = pgTable("status_page", {
  id: uuid().primaryKey().defaultRandom(),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  slug: text().notNull(),
  title: text().notNull(),
  description: text(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const statusPageHost = pgTable("status_page_host", {
  host: text().primaryKey(),
  pageId: uuid("page_id")
    .notNull()
    .references(() => statusPage.id),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  verifiedAt: timestamp("verified_at", { withTimezone: true }).notNull().defaultNow(),
});

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const statusPageLogo = pgTable("status_page_logo", {
  pageId: uuid("page_id")
    .primaryKey()
    .references(() => statusPage.id),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  contentType: text("content_type").notNull(),
  bytes: bytea().notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const statusPageEndpoint = pgTable("status_page_endpoint", {
  pageId: uuid("page_id")
    .notNull()
    .references(() => statusPage.id),
  endpointId: uuid("endpoint_id")
    .notNull()
    .references(() => endpoints.id),
  tenantId: uuid("tenant_id")
    .notNull()
    .references(() => tenants.id),
  position: integer().notNull(),
});

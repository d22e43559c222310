import {
  CREDENTIAL_KINDS,
  type CredentialHints,
  EXPIRY_SOURCES,
} from "@alivemcp/core/credential-description";
import { integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./bytea.ts";

export const tenantDataKey = pgTable(
  "tenant_data_key",
  {
    tenantId: uuid("tenant_id").notNull(),
    version: integer().notNull(),
    provider: text().notNull(),
    providerKeyId: text("provider_key_id").notNull(),
    wrappedKey: bytea("wrapped_key").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.version] })],
);

export const endpointCredential = pgTable("endpoint_credential", {
  endpointId: uuid("endpoint_id").primaryKey(),
  tenantId: uuid("tenant_id").notNull(),
  version: integer().notNull(),
  kind: text({ enum: CREDENTIAL_KINDS }).notNull(),
  dataKeyVersion: integer("data_key_version").notNull(),
  sealed: bytea().notNull(),
  hints: jsonb().$type<CredentialHints>().notNull(),
  expiresAt: timestamp("expires_at", { withTimezone: true }),
  expirySource: text("expiry_source", { enum: EXPIRY_SOURCES }),
  createdBy: uuid("created_by"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});

export const endpointOauthToken = pgTable("endpoint_oauth_token", {
  endpointId: uuid("endpoint_id").primaryKey(),
  tenantId: uuid("tenant_id").notNull(),
  credentialVersion: integer("credential_version").notNull(),
  dataKeyVersion: integer("data_key_version").notNull(),
  accessSealed: bytea("access_sealed"),
  accessExpiresAt: timestamp("access_expires_at", { withTimezone: true }),
  obtainedAt: timestamp("obtained_at", { withTimezone: true }),
  refreshSealed: bytea("refresh_sealed"),
  rejectedAt: timestamp("rejected_at", { withTimezone: true }),
  rejectedDetail: text("rejected_detail"),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

import { ERAS } from "@alivemcp/core/states";
import { boolean, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { endpoints } from "./endpoints.ts";

export const endpointMemory = pgTable("endpoint_memory", {
  endpointId: uuid("endpoint_id")
    .primaryKey()
    .references(() => endpoints.id),
  era: text({ enum: ERAS }),
  transport: text({ enum: ["http", "sse"] }),
  protocolVersion: text("protocol_version"),
  serverName: text("server_name"),
  serverVersion: text("server_version"),
  baselineContractHash: text("baseline_contract_hash"),
  baselineFullHash: text("baseline_full_hash"),
  baselineEra: text("baseline_era", { enum: ERAS }),
  baselineAt: timestamp("baseline_at", { withTimezone: true }),
  isToolListEmptyAtBaseline: boolean("is_tool_list_empty_at_baseline").notNull().default(false),
  toolsCount: integer("tools_count"),
  lints: text().array().notNull().default([]),
  capabilityLints: text("capability_lints").array().notNull().default([]),
  capabilitiesListedAt: timestamp("capabilities_listed_at", { withTimezone: true }),
  healthUrlFailedAt: timestamp("health_url_failed_at", { withTimezone: true }),
  tlsExpiresAt: timestamp("tls_expires_at", { withTimezone: true }),
  isSlow: boolean("is_slow").notNull().default(false),
  latencyMsP95Of7d: integer("latency_ms_p95_of_7d"),
  deadSince: timestamp("dead_since", { withTimezone: true }),
  retryAfterUntil: timestamp("retry_after_until", { withTimezone: true }),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const endpointRegionToolList = pgTable(
  "endpoint_region_tool_list",
  {
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => endpoints.id),
    region: text().notNull(),
    contractHash: text("contract_hash").notNull(),
    fullHash: text("full_hash").notNull(),
    believedAt: timestamp("believed_at", { withTimezone: true }).notNull(),
    pendingContractHash: text("pending_contract_hash"),
    pendingFullHash: text("pending_full_hash"),
    pendingCount: integer("pending_count").notNull().default(0),
    pendingSince: timestamp("pending_since", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.region] })],
);

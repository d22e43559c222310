/**
 * Makes a Postgres ready for AliveMCP: roles with their passwords, the database, its migrations, partitions for the
 * days ahead, the default tenant. Safe to run again, and several at once. Exits 0 when the database is ready.
 */
import { MIGRATIONS_FOLDER, migrate, readMigrations } from "@alivemcp/db/migrate";
import { makePartitionsAhead } from "@alivemcp/db/queries/partitions-system";
import { bootstrapDatabase, bootstrapRoles, ROLES, type Role, roleUrl } from "@alivemcp/db/roles";
import { seedDefaultTenant } from "@alivemcp/db/seed";
import { loadConfig } from "@alivemcp/runtime/config";
import { openPool } from "@alivemcp/runtime/postgres";
import type pg from "pg";
import { z } from "zod";

const config = loadConfig(
  z.object({
    /** A role that may create roles and databases. */
    DATABASE_URL: z.url(),
    DATABASE_NAME: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,62}$/)
      .default("alivemcp"),
    DEFAULT_PLAN: z.string(),
    OWNER_PASSWORD: z.string(),
    APP_PASSWORD: z.string(),
    IDENTITY_PASSWORD: z.string(),
    SYSTEM_PASSWORD: z.string(),
    OPERATOR_PASSWORD: z.string(),
    READER_PASSWORD: z.string(),
  }),
  process.env,
);

const passwords: Readonly<Record<Role, string>> = {
  owner: config.OWNER_PASSWORD,
  app: config.APP_PASSWORD,
  identity: config.IDENTITY_PASSWORD,
  system: config.SYSTEM_PASSWORD,
  operator: config.OPERATOR_PASSWORD,
  reader: config.READER_PASSWORD,
};
/** A migration may rewrite a table that a year filled. */
const STATEMENT_TIMEOUT_MS = 3_600_000;

const open = (url: string) =>
  openPool(url, {
    max: 1,
    applicationName: "alivemcp-prepare",
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    onError: (error) => console.error(`The connection broke: ${error.message}`),
  });
const urlOf = (role: Role) => roleUrl(config.DATABASE_URL, role, passwords[role], config.DATABASE_NAME);

async function withClient(url: string, run: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const pool = open(url);
  const client = await pool.connect();
  try {
    await run(client);
  } finally {
    client.release();
    await pool.end();
  }
}

await withClient(config.DATABASE_URL, async (server) => {
  await bootstrapRoles(server, passwords);
  await bootstrapDatabase(server, config.DATABASE_NAME);
});
await withClient(urlOf("owner"), async (owner) => {
  for (const name of await migrate(owner, readMigrations(MIGRATIONS_FOLDER))) {
    console.log(`Applied migration ${name}.`);
  }
  await seedDefaultTenant(owner, config.DEFAULT_PLAN);
});
const system = open(urlOf("system"));
await makePartitionsAhead(system, Date.now());
await system.end();
console.log(`The database ${config.DATABASE_NAME} is ready for ${ROLES.length} roles.`);

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";
import { MIGRATIONS_FOLDER, migrate, readMigrations } from "../src/migrate.ts";
import { makePartitionsAhead } from "../src/queries/partitions-system.ts";
import {
  bootstrapDatabase,
  bootstrapRoles,
  ROLES,
  type Role,
  restrictDatabase,
  roleName,
  roleUrl,
} from "../src/roles.ts";
import { seedDefaultTenant } from "../src/seed.ts";

export interface TestDatabase {
  /** The clone, as superuser. */
  readonly superUrl: string;
  url(role: Role): string;
  /** One pool per role, opened at first use, ended by `close`. */
  pool(role: Role | "super"): pg.Pool;
  /** Ends the pools, cuts whoever is still connected, and drops the clone. */
  close(): Promise<void>;
}

const TEMPLATE_LOCK = 4_612_003;
const passwords = Object.fromEntries(ROLES.map((role) => [role, `test-${role}`])) as Record<Role, string>;

/**
 * A database of the caller's own, cloned in about 0.1 s from a migrated template: default tenant on plan `team`,
 * partitions around `partitionsAtMs` (default: now).
 */
export async function openTestDatabase(options: { partitionsAtMs?: number } = {}): Promise<TestDatabase> {
  const serverUrl = process.env.TEST_DATABASE_URL;
  if (!serverUrl) {
    throw new Error(
      "TEST_DATABASE_URL is not set: run through scripts/with-services.ts, or name a Postgres superuser",
    );
  }
  const name = `alivemcp_test_${process.pid}_${randomBytes(4).toString("hex")}`;
  await withClient(serverUrl, async (server) => {
    const template = await ensureTemplate(server, serverUrl);
    await server.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${roleName("owner")}`);
    await restrictDatabase(server, name);
  });
  const superUrl = withDatabase(serverUrl, name);
  const url = (role: Role) => roleUrl(serverUrl, role, passwords[role], name);
  const pools = new Map<Role | "super", pg.Pool>();
  const pool = (role: Role | "super") => {
    const opened = pools.get(role) ?? openQuietPool(role === "super" ? superUrl : url(role));
    pools.set(role, opened);
    return opened;
  };
  await makePartitionsAhead(pool("system"), options.partitionsAtMs ?? Date.now());
  return {
    superUrl,
    url,
    pool,
    async close() {
      await Promise.all([...pools.values()].map((opened) => opened.end()));
      await withClient(serverUrl, (server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** A pool that does not mind when a test cuts its connections. */
function openQuietPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 10 });
  pool.on("error", () => {});
  return pool;
}

async function ensureTemplate(server: pg.Client, serverUrl: string): Promise<string> {
  const migrations = readMigrations(MIGRATIONS_FOLDER);
  const sources = ["../src/roles.ts", "../src/seed.ts"].map((path) =>
    readFileSync(new URL(path, import.meta.url), "utf8"),
  );
  const key = createHash("sha256")
    .update([...migrations.map(({ checksum }) => checksum), ...sources].join("\n"))
    .digest("hex")
    .slice(0, 16);
  const template = `alivemcp_template_${key}`;
  await server.query("SELECT pg_advisory_lock($1)", [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await server.query("SELECT FROM pg_database WHERE datname = $1", [template]);
    if (rowCount === 0) {
      await buildTemplate(server, serverUrl, template);
    }
  } finally {
    await server.query("SELECT pg_advisory_unlock($1)", [TEMPLATE_LOCK]);
  }
  return template;
}

/** Built under another name and renamed when whole, so that a killed test run leaves no half template. */
async function buildTemplate(server: pg.Client, serverUrl: string, template: string): Promise<void> {
  const draft = `${template}_draft`;
  await bootstrapRoles(server, passwords);
  await server.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await bootstrapDatabase(server, draft);
  await withClient(roleUrl(serverUrl, "owner", passwords.owner, draft), async (owner) => {
    await migrate(owner, readMigrations(MIGRATIONS_FOLDER));
    await seedDefaultTenant(owner, "team");
  });
  await server.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
}

async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AppError } from "@alivemcp/core/app-error";
import type pg from "pg";

export const MIGRATIONS_FOLDER = fileURLToPath(new URL("../migrations", import.meta.url));

export interface Migration {
  readonly number: number;
  readonly name: string;
  /** SHA-256 of the file: a migration never changes once it ran anywhere. */
  readonly checksum: string;
  readonly sql: string;
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
const HEADER = /^-- why: .+\n-- locks: .+\n-- breaking: (yes|no)\b/;
/** Any number nobody else uses; concurrent starts queue behind it. */
const MIGRATION_LOCK = 4_612_001;

/** Reads the migrations of a folder in order; throws on a gap, a strange name or a missing header. */
export function readMigrations(folder: string): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  return names.map((name, index) => {
    const number = Number(FILE_NAME.exec(name)?.[1]);
    if (number !== index + 1) {
      throw refusal(`migration ${name} is not number ${index + 1} of its folder`);
    }
    const sql = readFileSync(`${folder}/${name}`, "utf8");
    if (!HEADER.test(sql)) {
      throw refusal(`migration ${name} does not begin with -- why:, -- locks: and -- breaking:`);
    }
    return { number, name, checksum: createHash("sha256").update(sql).digest("hex"), sql };
  });
}

/**
 * Brings the database up to the given migrations, as the owner role; answers the names it applied.
 *
 * Safe to start many times at once (advisory lock). One transaction per file: a failing file leaves the ones before
 * it applied and nothing of itself. Refuses a database that is newer than the code, or whose applied files differ.
 */
export async function migrate(
  client: pg.ClientBase,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
  try {
    const pending = pendingMigrations(migrations, await listAppliedMigrations(client));
    for (const migration of pending) {
      await applyMigration(client, migration);
    }
    return pending.map(({ name }) => name);
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]);
  }
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

async function listAppliedMigrations(client: pg.ClientBase): Promise<readonly AppliedMigration[]> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS schema_migration (
      number integer PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
  const { rows } = await client.query<AppliedMigration>(
    "SELECT number, name, checksum FROM schema_migration ORDER BY number",
  );
  return rows;
}

function pendingMigrations(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const newest = applied.at(-1);
  if (newest && newest.number > migrations.length) {
    throw refusal(`the database is newer than this code: it has ${newest.name}`);
  }
  for (const { number, name, checksum } of applied) {
    if (migrations[number - 1]?.checksum !== checksum) {
      throw refusal(`migration ${name} was changed after it was applied`);
    }
  }
  return migrations.slice(applied.length);
}

async function applyMigration(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query("INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)", [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw refusal(`migration ${migration.name} failed: ${(cause as Error).message}`, cause);
  }
}

function refusal(internal: string, cause?: unknown): AppError {
  return new AppError({ code: "internal", internal, public: "The database could not be prepared.", cause });
}

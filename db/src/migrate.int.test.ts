import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../test/database.ts";
import { MIGRATIONS_FOLDER, migrate, readMigrations } from "./migrate.ts";

const HEADER = "-- why: a test\n-- locks: none\n-- breaking: no\n";
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  for (const [name, sql] of Object.entries(files)) {
    writeFileSync(join(folder, name), HEADER + sql);
  }
  return folder;
}

/** A session whose tables, the runner's own included, live in a schema of their own. */
async function withEmptySchema<T>(
  name: string,
  run: (open: () => Promise<pg.Client>) => Promise<T>,
): Promise<T> {
  await database.pool("super").query(`CREATE SCHEMA ${name}`);
  const opened: pg.Client[] = [];
  try {
    return await run(async () => {
      const client = new pg.Client({
        connectionString: database.superUrl,
        options: `-c search_path=${name}`,
      });
      await client.connect();
      opened.push(client);
      return client;
    });
  } finally {
    await Promise.all(opened.map((client) => client.end()));
  }
}

test("pending files are applied in order, once", () =>
  withEmptySchema("in_order", async (open) => {
    const client = await open();
    const files = { "0001_a.sql": "CREATE TABLE a (n integer)", "0002_b.sql": "INSERT INTO a VALUES (2)" };
    const one = readMigrations(folderOf({ "0001_a.sql": files["0001_a.sql"] }));
    const two = readMigrations(folderOf(files));
    expect(await migrate(client, one)).toEqual(["0001_a.sql"]);
    expect(await migrate(client, two)).toEqual(["0002_b.sql"]);
    expect(await migrate(client, two)).toEqual([]);
    expect((await client.query("SELECT n FROM a")).rows).toEqual([{ n: 2 }]);
  }));

test("many starts at once apply each file once", () =>
  withEmptySchema("at_once", async (open) => {
    const migrations = readMigrations(
      folderOf({ "0001_a.sql": "CREATE TABLE a (n integer); SELECT pg_sleep(0.1)" }),
    );
    const clients = await Promise.all(Array.from({ length: 4 }, open));
    const applied = await Promise.all(clients.map((client) => migrate(client, migrations)));
    expect(applied.flat()).toEqual(["0001_a.sql"]);
  }));

test("a failing file leaves the ones before it and nothing of itself, and the lock is free again", () =>
  withEmptySchema("failing", async (open) => {
    const client = await open();
    const migrations = readMigrations(
      folderOf({ "0001_a.sql": "CREATE TABLE a ()", "0002_b.sql": "CREATE TABLE b (); SELECT 1 / 0" }),
    );
    await expect(migrate(client, migrations)).rejects.toThrow("0002_b.sql failed: division by zero");
    const { rows } = await client.query("SELECT to_regclass('a') AS a, to_regclass('b') AS b");
    expect(rows).toEqual([{ a: "a", b: null }]);
    await expect(migrate(await open(), migrations)).rejects.toThrow("division by zero");
  }));

test("a database newer than the code is refused", () =>
  withEmptySchema("newer", async (open) => {
    const client = await open();
    const files = { "0001_a.sql": "SELECT 1", "0002_b.sql": "SELECT 1" };
    await migrate(client, readMigrations(folderOf(files)));
    const older = readMigrations(folderOf({ "0001_a.sql": files["0001_a.sql"] }));
    await expect(migrate(client, older)).rejects.toThrow("newer than this code: it has 0002_b.sql");
  }));

test("a file changed after it was applied is refused", () =>
  withEmptySchema("changed", async (open) => {
    const client = await open();
    await migrate(client, readMigrations(folderOf({ "0001_a.sql": "SELECT 1" })));
    const changed = readMigrations(folderOf({ "0001_a.sql": "SELECT 2" }));
    await expect(migrate(client, changed)).rejects.toThrow("0001_a.sql was changed after it was applied");
  }));

test.each([
  ["a gap in the numbers", { "0002_b.sql": "" }, "is not number 1"],
  ["two files of one number", { "0001_a.sql": "", "0001_b.sql": "" }, "0001_b.sql is not number 2"],
  ["a name that says nothing", { "0001.sql": "" }, "is not number 1"],
])("%s is refused", (_name, files, message) => {
  expect(() => readMigrations(folderOf(files))).toThrow(message);
});

test("a file without why, locks and breaking is refused", () => {
  const folder = folderOf({});
  writeFileSync(join(folder, "0001_a.sql"), "SELECT 1");
  expect(() => readMigrations(folder)).toThrow("does not begin with -- why:");
});

test("our own migrations are all applied to a fresh database, by the owner role", async () => {
  const { rows } = await database.pool("owner").query("SELECT name FROM schema_migration ORDER BY number");
  expect(rows.map(({ name }) => name)).toEqual(readMigrations(MIGRATIONS_FOLDER).map(({ name }) => name));
});

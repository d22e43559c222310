import { readdirSync } from "node:fs";
import { join } from "node:path";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";

/** Every file of this folder, so that a new one cannot be forgotten. */
const modules = await Promise.all(
  readdirSync(import.meta.dirname)
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => import(join(import.meta.dirname, file)) as Promise<Record<string, unknown>>),
);
const mirrored = modules
  .flatMap((module) => Object.values(module))
  .filter((value): value is PgTable => value instanceof PgTable)
  .map((table) => getTableConfig(table));

interface Column {
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
}

let database: TestDatabase;
const actual = new Map<string, Record<string, Column>>();

beforeAll(async () => {
  database = await openTestDatabase();
  const { rows } = await database.pool("owner").query(`
    SELECT c.relname AS table_name, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      NOT a.attnotnull AS is_nullable, a.atthasdef OR a.attidentity <> '' AS has_default
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
  for (const row of rows) {
    const columns = actual.get(row.table_name) ?? {};
    columns[row.name] = { type: row.type, isNullable: row.is_nullable, hasDefault: row.has_default };
    actual.set(row.table_name, columns);
  }
});
afterAll(() => database.close());

test("the typed mirror names exactly the tables there are", () => {
  expect(mirrored.map(({ name }) => name).sort()).toEqual([...actual.keys()].sort());
});

test.each(mirrored.map((table) => [table.name, table] as const))(
  "the mirror of %s has its columns, types, nullability and defaults",
  (name, table) => {
    const columns = table.columns.map((column) => [
      column.name,
      {
        type: column.getSQLType(),
        isNullable: !column.notNull,
        hasDefault: column.hasDefault || column.generatedIdentity !== undefined,
      },
    ]);
    expect(Object.fromEntries(columns)).toEqual(actual.get(name));
  },
);

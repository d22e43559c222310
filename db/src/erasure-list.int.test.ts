import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../test/database.ts";
import { FILLED_OTHERWISE, FILLED_TABLES, listTables } from "../test/every-table.ts";
import { addTestTenant } from "../test/tenant.ts";
import { TABLE_ERASURE, type TableErasure } from "./erasure-list.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const listed: Readonly<Record<string, TableErasure>> = TABLE_ERASURE;
const tablesOf = (kind: TableErasure["kind"]) =>
  Object.keys(listed).filter((table) => listed[table]?.kind === kind);
const rows = async (sql: string, values: unknown[] = []) =>
  (await database.pool("super").query(sql, values)).rows;

test("every table of the schema is listed with how it is erased or why it stays, and nothing else", async () => {
  expect(Object.keys(listed).sort()).toEqual(await listTables(database));
});

test("the erasure test fills every table", async () => {
  expect([...FILLED_TABLES, ...FILLED_OTHERWISE].sort()).toEqual(await listTables(database));
});

test("every table with a tenant's id is erased with the tenant, or says otherwise", async () => {
  const columns = await rows(
    `SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'`,
  );
  const otherwise = columns
    .map(({ table_name }) => table_name)
    .filter((table) => listed[table]?.kind !== "tenant");
  expect(otherwise.sort()).toEqual(["audit_log", "retired_slug"]);
});

test("what is said to go with an endpoint has a foreign key that cascades", async () => {
  const cascading = await rows(
    `SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
     WHERE contype = 'f' AND confrelid = 'endpoints'::regclass AND confdeltype = 'c'`,
  );
  expect(cascading.map(({ name }) => name)).toEqual(expect.arrayContaining(tablesOf("with-endpoint")));
});

test.each(["tenant that stays", "tenant whose time is not over", "public tenant"])(
  "a %s is not erased, not even by the archiver",
  async (which) => {
    const tenant = await addTestTenant(database);
    const id = which === "public tenant" ? "00000000-0000-4000-8000-000000000001" : tenant.id;
    if (which !== "tenant that stays") {
      await rows(
        `UPDATE tenants SET deletion_requested_at = now(), deletion_due_at = now() ${which === "public tenant" ? "- interval '1 s'" : "+ interval '1 h'"} WHERE id = $1`,
        [id],
      );
    }
    const system = database.pool("system");
    for (const statement of ["SELECT erase_tenant($1)", "SELECT erase_tenant_rows($1, 'members', 10)"]) {
      await expect(system.query(statement, [id])).rejects.toThrow("not due");
    }
    await rows("UPDATE tenants SET deletion_requested_at = NULL, deletion_due_at = NULL WHERE id = $1", [id]);
  },
);

test("a person who did not ask, or owns a workspace, is not erased, not even by the archiver", async () => {
  const { ownerId } = await addTestTenant(database);
  const system = database.pool("system");
  const tries = ["SELECT erase_person($1)", "SELECT erase_person_rows($1, 'sessions')"];
  for (const statement of tries) {
    await expect(system.query(statement, [ownerId])).rejects.toThrow("did not ask");
  }
  await rows("UPDATE users SET deletion_requested_at = now() WHERE id = $1", [ownerId]);
  for (const statement of tries) {
    await expect(system.query(statement, [ownerId])).rejects.toThrow("owns a workspace");
  }
});

test("nobody but the archiver's role may call what erases", async () => {
  for (const role of ["app", "identity", "operator", "reader"] as const) {
    for (const call of [
      "erase_tenant(gen_random_uuid())",
      "erase_tenant_rows(gen_random_uuid(), 'members', 1)",
      "erase_person(gen_random_uuid())",
      "erase_person_rows(gen_random_uuid(), 'sessions')",
      "delete_excess_endpoints(1)",
    ]) {
      await expect(database.pool(role).query(`SELECT ${call}`)).rejects.toThrow("permission denied");
    }
  }
});

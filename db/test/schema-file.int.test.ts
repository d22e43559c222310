import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dumpSchema } from "../src/dump-schema.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("schema.sql is what the migrations make (else: npm run db:dump)", async () => {
  const client = await database.pool("owner").connect();
  const dumped = await dumpSchema(client);
  client.release();
  expect(dumped).toBe(readFileSync(new URL("../schema.sql", import.meta.url), "utf8"));
});

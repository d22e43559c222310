import { afterAll, beforeAll, expect, test } from "vitest";
import { openPool, type Pool } from "./postgres.ts";

let pool: Pool;
beforeAll(() => {
  pool = openPool(process.env.TEST_DATABASE_URL ?? "", {
    max: 2,
    applicationName: "test",
    onError: () => undefined,
  });
});
afterAll(() => pool.end());

test("a connection that breaks between two statements fails the next one and ends no process", async () => {
  const client = await pool.connect();
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
  const broken = new Promise((resolve) => client.once("end", resolve));
  await pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
  await broken;
  await expect(client.query("SELECT 1")).rejects.toThrow();
  client.release(true);
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});

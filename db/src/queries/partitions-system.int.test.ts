import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import {
  deleteExpiredDays,
  dropExpiredPartitions,
  makePartitions,
  makePartitionsAhead,
} from "./partitions-system.ts";

const DAY_MS = 86_400_000;
const nowMs = Date.now();
let database: TestDatabase;
let system: pg.Pool;
beforeAll(async () => {
  database = await openTestDatabase({ partitionsAtMs: nowMs });
  system = database.pool("system");
});
afterAll(() => database.close());

const leaves = async (table: string) => {
  const { rows } = await system.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1",
    [table],
  );
  return rows.map(({ name }) => name);
};
const insertMinute = (retentionClass: number, atMs: number) =>
  system.query(
    `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, revision, covers_minutes, regions)
     VALUES (1, $1, 0, $2, 1, 1, '')`,
    [retentionClass, new Date(atMs)],
  );
const utcDay = (atMs: number) => new Date(atMs).toISOString().slice(0, 10).replaceAll("-", "");

test("minutes of every class have a place from two days ago to a week ahead, and no further", async () => {
  for (const retentionClass of [0, 1, 2, 3]) {
    await insertMinute(retentionClass, nowMs - 2 * DAY_MS);
    await insertMinute(retentionClass, nowMs + 7 * DAY_MS);
  }
  await expect(insertMinute(0, nowMs + 9 * DAY_MS)).rejects.toThrow("no partition");
});

test("public minutes lie in days of UTC, the others in months", async () => {
  expect(await leaves("probe_minute_public")).toContain(`probe_minute_public_${utcDay(nowMs)}`);
  expect(await leaves("probe_minute_team")).toContain(`probe_minute_team_${utcDay(nowMs).slice(0, 6)}`);
  const { rows } = await system.query(
    "SELECT tableoid::regclass::text AS leaf FROM probe_minute WHERE retention_class = 0 ORDER BY minute_at LIMIT 1",
  );
  expect(rows).toEqual([{ leaf: `probe_minute_public_${utcDay(nowMs - 2 * DAY_MS)}` }]);
});

test("making them again, or twice at once, makes nothing more", async () => {
  expect(await makePartitionsAhead(system, nowMs)).toEqual([]);
  const later = { fromMs: nowMs + 20 * DAY_MS, throughMs: nowMs + 22 * DAY_MS };
  const [first, second] = await Promise.all([makePartitions(system, later), makePartitions(system, later)]);
  const made = [...first, ...second];
  expect(new Set(made).size).toBe(made.length);
  expect(made).toContain(`probe_evidence_public_${utcDay(nowMs + 21 * DAY_MS)}`);
});

test("a partition has forced row-level security and no grants of its own", async () => {
  const { rows } = await database
    .pool("super")
    .query("SELECT relrowsecurity, relforcerowsecurity, relacl FROM pg_class WHERE relname = $1", [
      `probe_minute_public_${utcDay(nowMs)}`,
    ]);
  expect(rows).toEqual([{ relrowsecurity: true, relforcerowsecurity: true, relacl: null }]);
});

test("a dry run names what is expired and drops nothing; the real one drops just that", async () => {
  await makePartitions(system, { fromMs: nowMs - 12 * DAY_MS, throughMs: nowMs - 2 * DAY_MS });
  const before = await leaves("probe_minute_public");
  const named = await dropExpiredPartitions(system, { nowMs, isDryRun: true });
  expect(await leaves("probe_minute_public")).toEqual(before);

  const dropped = await dropExpiredPartitions(system, { nowMs, isDryRun: false });
  expect(named.kind).toBe("would-drop");
  expect(dropped).toEqual({ ...named, kind: "dropped" });
  const after = await leaves("probe_minute_public");
  // The day that began more than 7 days ago but ended less than 7 days ago is still promised.
  expect(after[0]).toBe(`probe_minute_public_${utcDay(nowMs - 7 * DAY_MS)}`);
  expect(before).toContain(`probe_minute_public_${utcDay(nowMs - 8 * DAY_MS)}`);
});

test("months of a class outlive those of a class that keeps less", async () => {
  const atMs = nowMs - 130 * DAY_MS;
  await makePartitions(system, { fromMs: atMs, throughMs: atMs });
  await dropExpiredPartitions(system, { nowMs, isDryRun: false });
  const month = utcDay(atMs).slice(0, 6);
  expect(await leaves("probe_minute_author")).not.toContain(`probe_minute_author_${month}`);
  expect(await leaves("probe_minute_team")).toContain(`probe_minute_team_${month}`);
  expect(await leaves("probe_evidence_enterprise")).toContain(`probe_evidence_enterprise_${month}`);
});

test("a partition somebody reads is not dropped and nobody is made to wait for long", async () => {
  await makePartitions(system, { fromMs: nowMs - 12 * DAY_MS, throughMs: nowMs - 11 * DAY_MS });
  const reader = await system.connect();
  await reader.query("BEGIN");
  await reader.query("SELECT * FROM probe_minute WHERE minute_at < $1", [new Date(nowMs - 8 * DAY_MS)]);
  const outcome = await dropExpiredPartitions(system, { nowMs, isDryRun: false });
  await reader.query("ROLLBACK");
  reader.release();
  expect(outcome).toEqual({ kind: "still-read", retentionClass: "public" });
  expect(await leaves("probe_minute_public")).toContain(`probe_minute_public_${utcDay(nowMs - 12 * DAY_MS)}`);
  expect((await dropExpiredPartitions(system, { nowMs, isDryRun: false })).kind).toBe("dropped");
});

test("the last six days are never dropped, whatever is asked", async () => {
  const drop = system.query("SELECT drop_expired_probe_partitions('probe_minute', 'public', now(), true)");
  await expect(drop).rejects.toThrow("refuses");
});

test("other tables and strange classes are refused", async () => {
  const make = (table: string, name: string) =>
    system.query("SELECT make_probe_partitions($1, $2, 'day', now(), now())", [table, name]);
  await expect(make("endpoints", "public")).rejects.toThrow("refuses");
  await expect(make("probe_minute", "public; DROP TABLE endpoints")).rejects.toThrow("refuses");
  await expect(
    database.pool("app").query("SELECT make_probe_partitions('probe_minute', 'public', 'day', now(), now())"),
  ).rejects.toThrow("permission denied");
});

test("days are deleted by what the endpoint's plan keeps, in bounded goes", async () => {
  const { rows } = await system.query<{ number: number }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     SELECT id, 'day-' || c, c, 'https://d.example.com/' || c, 'https://d.example.com/' || c, 'd.example.com', 'example.com', 'unlisted', 'added', c
     FROM tenants, unnest(ARRAY['public', 'team']) AS c WHERE kind = 'customer' RETURNING number`,
  );
  for (const { number } of rows) {
    await system.query(
      "INSERT INTO probe_day (endpoint_number, day) SELECT $1, current_date - n FROM generate_series(85, 95) AS n",
      [number],
    );
  }
  expect(await deleteExpiredDays(system, { nowMs, limit: 3 })).toBe(3);
  expect(await deleteExpiredDays(system, { nowMs, limit: 100 })).toBe(2);
  const { rows: left } = await system.query(
    "SELECT count(*)::int AS days FROM probe_day GROUP BY endpoint_number ORDER BY 1",
  );
  expect(left).toEqual([{ days: 6 }, { days: 11 }]);
});

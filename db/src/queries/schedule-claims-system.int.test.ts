import { SHARDS } from "@alivemcp/core/shard";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import {
  claimScheduleWindows,
  deleteScheduleWindowsBefore,
  finishScheduleWindows,
  insertScheduleWindows,
} from "./schedule-claims-system.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const windowsAtMs = [t0, t0 + 5_000];
let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await openTestDatabase();
  pool = database.pool("system");
});
afterAll(() => database.close());
beforeEach(() => deleteScheduleWindowsBefore(pool, t0 + 3_600_000));

const claim = (claimedBy: string, nowMs: number, limit = 100) =>
  claimScheduleWindows(pool, { windowsAtMs, claimedBy, nowMs, leaseMs: 20_000, limit });
const keys = (claims: readonly { shard: string; windowAtMs: number }[]) =>
  claims.map(({ shard, windowAtMs }) => `${windowAtMs} ${shard}`).sort();

test("a window is given to one caller; with its lease over, to another; once done, to nobody", async () => {
  await insertScheduleWindows(pool, windowsAtMs);
  const first = await claim("a", t0);
  expect(first).toHaveLength(2 * SHARDS.length);
  expect(await claim("b", t0 + 19_999)).toEqual([]);
  const second = await claim("b", t0 + 20_000);
  expect(keys(second)).toEqual(keys(first));

  await finishScheduleWindows(pool, { claims: second, claimedBy: "b", nowMs: t0 + 21_000 });
  expect(await claim("c", t0 + 3_600_000)).toEqual([]);
});

test("who was overtaken cannot mark the window done for the new holder", async () => {
  await insertScheduleWindows(pool, [t0]);
  const [taken] = await claim("a", t0, 1);
  await claim("b", t0 + 20_000);
  await finishScheduleWindows(pool, { claims: taken ? [taken] : [], claimedBy: "a", nowMs: t0 + 20_001 });
  expect(keys(await claim("c", t0 + 60_000))).toContain(`${t0} ${taken?.shard}`);
});

test("callers at once never get the same window, and together get all of them", async () => {
  await insertScheduleWindows(pool, windowsAtMs);
  const taken = await Promise.all(
    Array.from({ length: 8 }, async (_, n) => {
      const mine: string[] = [];
      for (let got = await claim(`s${n}`, t0, 3); got.length > 0; got = await claim(`s${n}`, t0, 3)) {
        mine.push(...keys(got));
      }
      return mine;
    }),
  );
  const all = taken.flat();
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(2 * SHARDS.length);
});

test("a row somebody is taking at this moment is passed over, not waited for", async () => {
  await insertScheduleWindows(pool, [t0]);
  const other = await pool.connect();
  await other.query("BEGIN");
  await other.query("SELECT FROM schedule_claim WHERE shard = 's00' FOR UPDATE");
  const got = await claim("a", t0);
  await other.query("ROLLBACK");
  other.release();
  expect(got).toHaveLength(SHARDS.length - 1);
});

test("making the rows again leaves claims as they are; the oldest window comes first", async () => {
  await insertScheduleWindows(pool, windowsAtMs);
  const [first] = await claim("a", t0, 1);
  expect(first).toEqual({ shard: "s00", windowAtMs: t0 });
  await insertScheduleWindows(pool, windowsAtMs);
  expect(await claim("b", t0)).toHaveLength(2 * SHARDS.length - 1);
});

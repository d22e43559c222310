import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import {
  advanceConsumerWatermark,
  claimConsumerFence,
  holdConsumerFence,
  listConsumerWatermarks,
} from "./consumer-fences-system.ts";

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await openTestDatabase();
  pool = database.pool("system");
});
afterAll(() => database.close());

const lease = (shard: string, fence: number) => ({ consumerGroup: "archiver", shard, fence });

async function inTransaction<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const answer = await run(client);
    await client.query("COMMIT");
    return answer;
  } finally {
    client.release();
  }
}

test("the newest lease holds, and again; an older one is stale", async () => {
  const hold = (fence: number) => inTransaction((client) => holdConsumerFence(client, lease("s01", fence)));
  expect(await hold(5)).toBe("held");
  expect(await hold(5)).toBe("held");
  expect(await hold(6)).toBe("held");
  expect(await hold(5)).toBe("stale");
});

test("an older holder that asks while the newer one writes waits, and then is stale", async () => {
  const newer = await pool.connect();
  await newer.query("BEGIN");
  await holdConsumerFence(newer, lease("s02", 2));
  const older = inTransaction((client) => holdConsumerFence(client, lease("s02", 1)));
  await newer.query("COMMIT");
  newer.release();
  expect(await older).toBe("stale");
});

test("groups and shards are fenced apart", async () => {
  const answers = await inTransaction(async (client) => [
    await holdConsumerFence(client, lease("s03", 9)),
    await holdConsumerFence(client, lease("s04", 1)),
    await holdConsumerFence(client, { consumerGroup: "alert-router", shard: "s03", fence: 1 }),
  ]);
  expect(answers).toEqual(["held", "held", "held"]);
});

test("a watermark never moves back", async () => {
  await inTransaction(async (client) => {
    await holdConsumerFence(client, lease("s05", 1));
    for (const watermarkAtMs of [2_000, 5_000, 3_000]) {
      await advanceConsumerWatermark(client, { consumerGroup: "archiver", shard: "s05", watermarkAtMs });
    }
  });
  expect((await listConsumerWatermarks(pool, "archiver")).get("s05")).toBe(5_000);
});

test("claims at the same time give different numbers", async () => {
  const claims = Array.from({ length: 10 }, () =>
    claimConsumerFence(pool, { consumerGroup: "archiver", shard: "s07" }),
  );
  expect((await Promise.all(claims)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("a new holder's claim waits until the old holder's transaction has ended, so nothing old commits after it", async () => {
  const shard = "s08";
  const fence = await claimConsumerFence(pool, { consumerGroup: "archiver", shard });
  const order: string[] = [];
  let claim: Promise<number> | undefined;
  await inTransaction(async (client) => {
    expect(await holdConsumerFence(client, lease(shard, fence))).toBe("held");
    claim = claimConsumerFence(pool, { consumerGroup: "archiver", shard }).then((next) => {
      order.push("claimed");
      return next;
    });
    const countWaiting = async () => {
      const { rows } = await database.pool("super").query(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rows[0].waiting;
    };
    await expect.poll(countWaiting).toBe(1);
    order.push("old work done");
  });
  expect(await claim).toBe(fence + 1);
  expect(order).toEqual(["old work done", "claimed"]);
});

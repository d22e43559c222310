import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { createDeps, type Deps } from "./deps.ts";
import { underUpkeepLock } from "./under-upkeep-lock.ts";

let database: TestDatabase;
let redis: TestRedis;
let deps: Deps;

beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  deps = await createDeps({
    LOG_LEVEL: "fatal",
    REDIS_URL: redis.url,
    DATABASE_URL: database.url("system"),
    METRICS_HOST: "127.0.0.1",
    METRICS_PORT: 0,
    SHUTDOWN_GRACE_MS: 10_000,
    REGIONS_FILE: new URL("../../../infra/regions.json", import.meta.url).pathname,
    PROBE_REGIONS: [],
  });
});
afterAll(async () => {
  await deps?.close();
  await Promise.all([database?.close(), redis?.close()]);
});

const TASKS = ["windows", "memory", "drift", "sums", "expiry"];

test("all tasks may hold their locks at once and still get the connections to work with", async () => {
  let held = 0;
  const everybodyHolds = Promise.withResolvers<void>();
  const answers = await Promise.all(
    TASKS.map((task) =>
      underUpkeepLock(deps.lockPool, task, async () => {
        held += 1;
        if (held === TASKS.length) {
          everybodyHolds.resolve();
        }
        await everybodyHolds.promise;
        await deps.upkeepPool.query("SELECT 1");
      }),
    ),
  );
  expect(answers).toEqual(TASKS.map(() => true));
});

test("a task that another archiver is at is left to it, and its lock is free afterwards", async () => {
  const inner: boolean[] = [];
  await underUpkeepLock(deps.lockPool, "sums", async () => {
    inner.push(await underUpkeepLock(deps.lockPool, "sums", async () => {}));
  });
  inner.push(await underUpkeepLock(deps.lockPool, "sums", async () => {}));
  expect(inner).toEqual([false, true]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { addEndpoints } from "../test/open-test-scheduler.ts";
import { configSchema } from "./config.ts";
import { createDeps } from "./deps.ts";
import { startScheduler } from "./start-scheduler.ts";

let database: TestDatabase;
let redis: TestRedis;
beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
});
afterAll(() => Promise.all([database.close(), redis.close()]));

const settings = (change: Record<string, string> = {}) =>
  configSchema.parse({
    LOG_LEVEL: "fatal",
    REDIS_URL: redis.url,
    TICKET_KEY: "t".repeat(32),
    DATABASE_URL: database.url("system"),
    METRICS_PORT: "0",
    PROBE_REGIONS: "eu-west",
    ...change,
  });

async function eventually<T>(read: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  const untilMs = performance.now() + 15_000;
  for (;;) {
    const value = await read();
    if (isWanted(value) || performance.now() > untilMs) {
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("the process becomes ready, fills the queue with what is due, tells its numbers, and stops cleanly", async () => {
  await addEndpoints(database, 200);
  const deps = await createDeps(settings());
  const scheduler = await startScheduler(deps);
  const get = (path: string) => fetch(`http://127.0.0.1:${scheduler.opsPort}${path}`);
  try {
    const waiting = await eventually(
      async () => (await deps.queues.get("eu-west")?.getWaitingCount()) ?? 0,
      (count) => count > 0,
    );
    expect(waiting).toBeGreaterThan(0);
    expect(
      (
        await eventually(
          () => get("/readyz"),
          (answer) => answer.ok,
        )
      ).status,
    ).toBe(200);
    const metrics = await (await get("/metrics")).text();
    for (const name of [
      "alivemcp_schedule_lateness_seconds_count",
      'alivemcp_jobs_enqueued_total{region="eu-west"',
      "alivemcp_queue_waiting_jobs",
      "alivemcp_seal_lag_seconds",
    ]) {
      expect(metrics).toContain(name);
    }
  } finally {
    await scheduler.stop();
  }
  await expect(get("/readyz")).rejects.toThrow();
});

test("a region the manifest does not have is refused at start", async () => {
  await expect(createDeps(settings({ PROBE_REGIONS: "eu-west,xx-nowhere" }))).rejects.toThrow("xx-nowhere");
});

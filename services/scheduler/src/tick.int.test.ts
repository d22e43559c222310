import { probeJobSchema, scheduleClaimKey, slotJobId } from "@alivemcp/core/pipeline";
import { slotInWindow } from "@alivemcp/core/schedule";
import { SHARDS } from "@alivemcp/core/shard";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { addEndpoints, openTestScheduler, queuedJobIds, REGIONS } from "../test/open-test-scheduler.ts";
import type { Deps } from "./deps.ts";
import { refreshSnapshot } from "./refresh-snapshot.ts";
import { type TickState, tick } from "./tick.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
let database: TestDatabase;
let redis: TestRedis;
let nowMs = t0;
let opened: Deps[] = [];

beforeEach(async () => {
  nowMs = t0;
  opened = [];
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  // What was due before t0 is done: the tests begin with t0's window.
  await database
    .pool("super")
    .query(
      "INSERT INTO schedule_claim (window_at, shard, done_at) SELECT w, s, w FROM unnest($1::timestamptz[]) w, unnest($2::text[]) s",
      [[5, 10, 15, 20, 25].map((seconds) => new Date(t0 - seconds * 1_000)), SHARDS],
    );
  const before = [5, 10, 15, 20, 25].flatMap((seconds) =>
    SHARDS.map((shard) => scheduleClaimKey(shard, t0 - seconds * 1_000)),
  );
  await redis.redis.mset(before.flatMap((key) => [key, "done"]));
});
afterEach(async () => {
  await Promise.all(opened.map((deps) => deps.close()));
  await Promise.all([database.close(), redis.close()]);
});

async function openScheduler(): Promise<{ deps: Deps; state: TickState }> {
  const scheduler = await openTestScheduler({ database, redis, clock: { nowMs: () => nowMs } });
  opened.push(scheduler.deps);
  await refreshSnapshot(scheduler.deps);
  return scheduler;
}

/** Ids of the slots due in [t0, t0 + seconds), by the snapshot's own timings. */
function dueIds(deps: Deps, seconds: number): string[] {
  const all = SHARDS.flatMap((shard) => [...deps.snapshot.ofShard(shard)]);
  const slots = all.flatMap(({ plan, timing }) => {
    const found: { atMs: number; id: string }[] = [];
    for (let atMs = t0; atMs < t0 + seconds * 1_000; atMs += 5_000) {
      const slot = slotInWindow(timing, atMs, atMs + 5_000);
      if (slot !== null) {
        found.push({ atMs: slot, id: slotJobId(plan.id, slot) });
      }
    }
    return found;
  });
  return slots.toSorted((a, b) => a.atMs - b.atMs).map(({ id }) => id);
}

async function tickThrough(schedulers: readonly { deps: Deps; state: TickState }[], seconds: number) {
  for (let n = 0; n < seconds; n += 1) {
    nowMs = t0 + n * 1_000;
    await Promise.all(schedulers.map(({ deps, state }) => tick(deps, state)));
  }
}

const enqueuedBy = async (deps: Deps) => {
  const { values } = await deps.metrics.jobsEnqueued.get();
  return values.reduce((sum, { value }) => sum + value, 0);
};

test("every slot of a minute is in the queue of every region once, oldest slot first, ready to run", async () => {
  await addEndpoints(database, 60);
  await addEndpoints(database, 10, { cadenceS: 30 });
  const scheduler = await openScheduler();
  await tickThrough([scheduler], 60);
  const due = dueIds(scheduler.deps, 60);
  expect(due).toHaveLength(80);
  const queued = await queuedJobIds(scheduler.deps);
  for (const region of REGIONS) {
    expect([...(queued.get(region) ?? [])].sort()).toEqual(due.toSorted());
    expect(await scheduler.deps.queues.get(region)?.getDelayedCount()).toBe(0);
  }
  // Within a window of a shard the order is that of the slots; the windows follow each other.
  const windows = (queued.get("us-east") ?? []).map((id) => Math.floor(Number(id.slice(-13)) / 5_000));
  expect(windows).toEqual(windows.toSorted((a, b) => a - b));
});

test("jobs carry what owners expect of their endpoints, and which of it is due", async () => {
  const [id] = await addEndpoints(database, 1);
  await database
    .pool("super")
    .query(
      `UPDATE endpoints SET expected_tools = '{add}', latency_degraded_ms = 900, health = $2, health_urls = $3 WHERE id = $1`,
      [
        id,
        JSON.stringify({ kind: "auto", assertions: [{ kind: "equals", path: "$.status", value: "ok" }] }),
        JSON.stringify(
          [1, 5].map((everyMinutes) => ({
            url: `https://example.com/${everyMinutes}`,
            everyMinutes,
            isStatusChecked: true,
          })),
        ),
      ],
    );
  const scheduler = await openScheduler();
  await tickThrough([scheduler], 300);
  const jobs = (
    await Promise.all([...scheduler.deps.queues.values()].map((queue) => queue.getJobs(["waiting"])))
  ).flat();
  const expected = jobs.map(({ data }) => probeJobSchema.parse(data).expectations);
  expect(expected).toHaveLength(5 * REGIONS.length);
  expect(
    expected.every(({ tools, latencyDegradedMs }) => tools[0] === "add" && latencyDegradedMs === 900),
  ).toBe(true);
  const asked = expected.flatMap(({ healthUrls }) => healthUrls.map(({ position }) => position));
  expect(asked.filter((position) => position === 1)).toHaveLength(5);
  expect(asked.filter((position) => position === 2)).toHaveLength(1);
  expect(jobs[0]?.data.health).toMatchObject({ assertions: [{ path: "$.status" }] });
});

test("two schedulers at once add each slot exactly once between them", async () => {
  await addEndpoints(database, 120);
  const schedulers = await Promise.all([openScheduler(), openScheduler()]);
  await tickThrough(schedulers, 60);
  const [first, second] = await Promise.all(schedulers.map(({ deps }) => enqueuedBy(deps)));
  expect((first as number) + (second as number)).toBe(120 * REGIONS.length);
  const queued = await queuedJobIds((schedulers[0] as { deps: Deps }).deps);
  expect([...(queued.get("eu-west") ?? [])].sort()).toEqual(dueIds(opened[0] as Deps, 60).toSorted());
});

describe("a scheduler killed", () => {
  /** Lets the queues of a scheduler take `jobsMax` jobs and then fails, like a process that dies there. */
  function dieAfter(scheduler: { deps: Deps }, jobsMax: number) {
    let left = jobsMax;
    for (const queue of scheduler.deps.queues.values()) {
      const addBulk = queue.addBulk.bind(queue);
      queue.addBulk = async (jobs) => {
        const some = jobs.slice(0, left);
        left -= some.length;
        const added = await addBulk(some);
        if (left === 0) {
          throw new Error("killed");
        }
        return added;
      };
    }
  }

  test.each([
    ["between adding the jobs and marking them done", (all: number) => all],
    ["in the middle of adding", (all: number) => Math.floor(all / 2)],
    ["before adding any", () => 0],
  ])(
    "%s loses nothing and doubles nothing: another one takes over when the lease ends",
    async (_name, jobsOf) => {
      await addEndpoints(database, 200);
      const [killed, heir] = await Promise.all([openScheduler(), openScheduler()]);
      const due = dueIds(killed.deps, 5);
      const inFirstGo = due.filter((id) =>
        SHARDS.slice(0, 4).some((shard) =>
          [...killed.deps.snapshot.ofShard(shard)].some(({ plan }) => id.startsWith(plan.id)),
        ),
      );
      expect(inFirstGo.length).toBeGreaterThan(0);
      dieAfter(killed, jobsOf(inFirstGo.length * REGIONS.length));
      await expect(tick(killed.deps, killed.state)).rejects.toThrow("killed");

      await tick(heir.deps, heir.state);
      const early = await queuedJobIds(heir.deps);
      expect(early.get("us-east")?.length).toBeLessThanOrEqual(due.length);
      nowMs = t0 + 21_000;
      await tick(heir.deps, heir.state);
      const queued = await queuedJobIds(heir.deps);
      for (const region of REGIONS) {
        const ofFirstWindow = (queued.get(region) ?? []).filter((id) => due.includes(id));
        expect(ofFirstWindow.toSorted()).toEqual(due.toSorted());
      }
    },
  );
});

test("adding a window a second time adds nothing", async () => {
  await addEndpoints(database, 100);
  const scheduler = await openScheduler();
  await tick(scheduler.deps, scheduler.state);
  const before = await queuedJobIds(scheduler.deps);
  await database.pool("super").query("UPDATE schedule_claim SET done_at = NULL, lease_until = NULL");
  scheduler.state.secondLastDone = 0;
  await tick(scheduler.deps, scheduler.state);
  expect(await queuedJobIds(scheduler.deps)).toEqual(before);
  expect(await enqueuedBy(scheduler.deps), "marked done in Redis: not even planned again").toBe(
    [...before.values()].flat().length,
  );
  await database.pool("super").query("UPDATE schedule_claim SET done_at = NULL, lease_until = NULL");
  await redis.redis.del(SHARDS.map((shard) => scheduleClaimKey(shard, t0)));
  scheduler.state.secondLastDone = 0;
  await tick(scheduler.deps, scheduler.state);
  expect(await queuedJobIds(scheduler.deps), "planned again: the ids are known").toEqual(before);
  expect(await enqueuedBy(scheduler.deps)).toBe(2 * [...before.values()].flat().length);
});

describe("with Postgres away", () => {
  async function cutPostgres() {
    const { rows } = await database.pool("super").query("SELECT current_database() AS name");
    const admin = await openAdmin();
    await admin.query(`ALTER DATABASE ${rows[0].name} WITH ALLOW_CONNECTIONS false`);
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
      [rows[0].name],
    );
    return async () => {
      await admin.query(`ALTER DATABASE ${rows[0].name} WITH ALLOW_CONNECTIONS true`);
      await admin.end();
    };
  }

  async function openAdmin() {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    return client;
  }

  test("probing goes on from the snapshot, two schedulers still share it, and nothing doubles when it is back", async () => {
    await addEndpoints(database, 120);
    const schedulers = await Promise.all([openScheduler(), openScheduler()]);
    const deps = (schedulers[0] as { deps: Deps }).deps;
    await tickThrough(schedulers, 10);
    const restore = await cutPostgres();
    for (let n = 10; n < 40; n += 1) {
      nowMs = t0 + n * 1_000;
      await Promise.all(schedulers.map((each) => tick(each.deps, each.state)));
    }
    expect((await deps.metrics.claimFallbacks.get()).values[0]?.value).toBeGreaterThan(0);
    await restore();
    for (let n = 40; n < 60; n += 1) {
      nowMs = t0 + n * 1_000;
      await Promise.all(schedulers.map((each) => tick(each.deps, each.state)));
    }
    const queued = await queuedJobIds(deps);
    expect([...(queued.get("us-east") ?? [])].sort()).toEqual(dueIds(deps, 60).toSorted());
    const { rows } = await database
      .pool("super")
      .query(
        "SELECT count(*)::int AS done FROM schedule_claim WHERE window_at >= $1 AND done_at IS NOT NULL",
        [new Date(t0 + 50_000)],
      );
    expect(rows).toEqual([{ done: 32 }]);
    await refreshSnapshot(deps);
  });
});

describe("courtesy", () => {
  test("unclaimed endpoints of one domain start in seconds of their own, from one region each", async () => {
    await addEndpoints(database, 40, { standing: "unclaimed", domain: "shared.example" });
    const scheduler = await openScheduler();
    const perSecond: number[] = [];
    let before = 0;
    for (let n = 0; n < 60; n += 1) {
      nowMs = t0 + n * 1_000;
      await tick(scheduler.deps, scheduler.state);
      const all = await enqueuedBy(scheduler.deps);
      perSecond.push(all - before);
      before = all;
    }
    // A crowd of phases late in the minute may push its last start past the minute's end; none is lost uncounted.
    const waiting = scheduler.state.open.flatMap((window) => window.waiting).length;
    const { values } = await scheduler.deps.metrics.slotsDropped.get();
    expect(before + waiting + (values[0]?.value ?? 0)).toBeGreaterThanOrEqual(40);
    expect(before).toBeGreaterThanOrEqual(35);
    expect(Math.max(...perSecond)).toBe(1);
  });

  test("a host gets at most 60 starts in a second, the rest a little later", async () => {
    // 150 endpoints at five regions are 750 starts a minute, but hashed phases crowd some seconds.
    await addEndpoints(database, 150, { host: "one.example", domain: "one.example", cadenceS: 30 });
    const scheduler = await openScheduler();
    const perSecond: number[] = [];
    let before = 0;
    for (let n = 0; n < 70; n += 1) {
      nowMs = t0 + n * 1_000;
      await tick(scheduler.deps, scheduler.state);
      const all = await enqueuedBy(scheduler.deps);
      perSecond.push(all - before);
      before = all;
    }
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(60);
    const queued = await queuedJobIds(scheduler.deps);
    const due = dueIds(scheduler.deps, 55);
    expect((queued.get("us-east") ?? []).filter((id) => due.includes(id)).toSorted()).toEqual(due.toSorted());
  });

  test("what finds no start within seconds is dropped and counted, not piled up", async () => {
    await addEndpoints(database, 500, { host: "tiny.example", domain: "tiny.example", cadenceS: 30 });
    const scheduler = await openScheduler();
    await tickThrough([scheduler], 40);
    const { values } = await scheduler.deps.metrics.slotsDropped.get();
    expect(values[0]?.value).toBeGreaterThan(50);
    expect(await enqueuedBy(scheduler.deps)).toBeLessThanOrEqual(40 * 60);
    expect(scheduler.state.open.flatMap(({ waiting }) => waiting).length).toBeLessThan(500);
  });

  test("a paced window whose scheduler died is taken over, and its slots still run", async () => {
    await addEndpoints(database, 30, { standing: "unclaimed", domain: "shared.example" });
    const [killed, heir] = await Promise.all([openScheduler(), openScheduler()]);
    await tick(killed.deps, killed.state);
    for (let n = 0; n < 30; n += 1) {
      nowMs = t0 + n * 1_000;
      await tick(heir.deps, heir.state);
    }
    const queued = await queuedJobIds(heir.deps);
    const due = dueIds(heir.deps, 20);
    expect(
      [...queued.values()]
        .flat()
        .filter((id) => due.includes(id))
        .toSorted(),
    ).toEqual(due.toSorted());
  });
});

test("nothing is claimed while the endpoints are not known yet", async () => {
  const scheduler = await openTestScheduler({ database, redis, clock: { nowMs: () => nowMs } });
  opened.push(scheduler.deps);
  await tick(scheduler.deps, scheduler.state);
  const { rows } = await database.pool("super").query("SELECT FROM schedule_claim WHERE done_at IS NULL");
  expect(rows).toEqual([]);
});

/** What operators are told of our own service, and when an outside watcher hears that it works. */

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ROUTER_GROUP, verdictStream } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { dieEverywhere } from "../../test/crash-pool.ts";
import { openUpkeepWorld, REGIONS, type UpkeepWorld } from "../../test/open-upkeep-world.ts";
import { beatDeadMan, type DeadManDeps } from "./beat-dead-man.ts";
import { type OwnHealthDeps, watchOwnHealth } from "./watch-own-health.ts";

const MINUTE_MS = 60_000;

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.admin.query("DELETE FROM delivery");
  await world.admin.query("DELETE FROM upkeep_memory");
  await world.holdShards();
  await Promise.all(REGIONS.map((region) => world.beat(region)));
});

const healthDeps = (slug: string | undefined, suspected: readonly string[] = []): OwnHealthDeps => ({
  ...world.deps,
  config: { OPERATORS_WORKSPACE: slug },
  tally: { suspected: () => new Set(suspected) },
});

/** The workspace of the operators. */
async function addOperators() {
  const tenant = await addTestTenant(world.database);
  await world.addSink(tenant.id);
  return tenant;
}

test("a region that falls silent is told of once after two minutes, and its return once", async () => {
  const operators = await addOperators();
  const deps = healthDeps(operators.slug);
  for (let minute = 0; minute < 20; minute += 1) {
    world.pass(MINUTE_MS);
    await world.beat("us-east");
    if (minute > 9) {
      await world.beat("eu-west");
    }
    await watchOwnHealth(deps);
    await watchOwnHealth(deps);
    await world.admin.query("UPDATE delivery SET state = 'sent'");
  }
  const notices = await world.messages(operators.id, "notice");
  expect(notices.map(({ message }) => message.title)).toEqual([
    "Region eu-west is missing",
    "Over: Region eu-west is missing",
  ]);
  expect(new Set(notices.map(({ message }) => message.dedupKey)).size).toBe(1);
  expect(notices[0].message.summary).toContain("No worker of eu-west");
});

test("failing sends, a suspected region and messages that wait are told of, another workspace hears nothing", async () => {
  const [operators, stranger] = [await addOperators(), await addTestTenant(world.database)];
  const sinks = [await world.addSink(stranger.id), await world.addSink(stranger.id, { isDefault: false })];
  for (const sinkId of sinks) {
    const id = await world.addDelivery(stranger.id, sinkId, { state: "pending", reason: null });
    for (let n = 1; n <= 30; n += 1) {
      await world.admin.query(
        "INSERT INTO delivery_attempt (delivery_id, n, tenant_id, at, outcome, duration_ms) VALUES ($1, $2, $3, $4, $5, 1)",
        [id, n, stranger.id, new Date(world.nowMs()), n === 1 ? "retryable" : "sent"],
      );
    }
  }
  const deps = healthDeps(operators.slug, ["us-east"]);
  for (let minute = 0; minute < 6; minute += 1) {
    world.pass(MINUTE_MS);
    await Promise.all(REGIONS.map((region) => world.beat(region)));
    await watchOwnHealth(deps);
  }
  const titles = (await world.messages(operators.id, "notice")).map(({ message }) => message.title);
  expect(titles.sort()).toEqual([
    "Messages cannot be delivered",
    "Messages wait too long",
    "Region us-east is suspected",
  ]);
  expect(await world.messages(stranger.id, "notice")).toEqual([]);
});

test("without a workspace of operators, or with one that is not there, findings are remembered all the same", async () => {
  for (const slug of [undefined, `nobody-${randomUUID()}`]) {
    await world.admin.query("DELETE FROM upkeep_memory");
    const deps = healthDeps(slug, ["us-east"]);
    const changes = [];
    for (let minute = 0; minute < 4; minute += 1) {
      world.pass(MINUTE_MS);
      await Promise.all(REGIONS.map((region) => world.beat(region)));
      changes.push(...(await watchOwnHealth(deps)));
    }
    expect(changes.map(({ finding }) => finding)).toEqual(["region_suspected:us-east"]);
  }
});

test("wherever the process dies, operators are told exactly once", async () => {
  const { seen } = await dieEverywhere({
    pool: world.deps.pool,
    async prepare() {
      const operators = await addOperators();
      await world.admin.query("DELETE FROM upkeep_memory");
      const turning = { isRaised: false, turningSinceMs: world.nowMs() - 5 * MINUTE_MS, raisedAtMs: null };
      await world.admin.query("INSERT INTO upkeep_memory VALUES ('own-health', $1, now())", [
        JSON.stringify({ "region_suspected:us-east": turning }),
      ]);
      return operators;
    },
    run: (pool, operators) => watchOwnHealth({ ...healthDeps(operators.slug, ["us-east"]), pool }),
    look: async (operators) => (await world.messages(operators.id, "notice")).length,
  });
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((notices) => notices !== 1)).toEqual([]);
});

/** An outside watcher that notes who asked, and answers as told. */
async function openWatcher(status = 200) {
  const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", authorization: request.headers.authorization });
    response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end("OK");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret`;
  return { asked, url, close: () => new Promise((resolve) => server.close(resolve)) };
}

const beating = (DEADMAN_URL: string | undefined, pool = world.deps.pool): DeadManDeps => ({
  ...world.deps,
  pool,
  config: { DEADMAN_URL, DEADMAN_AUTHORIZATION: "GenieKey k" },
});

test("while everything works the watcher is asked once, with the key of operators", async () => {
  const watcher = await openWatcher();
  expect(await beatDeadMan(beating(watcher.url), { sinceStreamReadMs: 500 })).toEqual({
    beats: true,
    reason: "working",
  });
  expect(watcher.asked).toEqual([{ path: "/ping/secret", authorization: "GenieKey k" }]);
  await watcher.close();
});

test("a redirect is not followed, and a watcher that refuses or is gone breaks nothing", async () => {
  for (const status of [302, 503]) {
    const watcher = await openWatcher(status);
    expect((await beatDeadMan(beating(watcher.url), { sinceStreamReadMs: 0 })).beats).toBe(true);
    expect(watcher.asked).toHaveLength(1);
    await watcher.close();
    expect((await beatDeadMan(beating(watcher.url), { sinceStreamReadMs: 0 })).beats).toBe(true);
  }
  expect((await beatDeadMan(beating(undefined), { sinceStreamReadMs: 0 })).beats).toBe(true);
});

const broken = { query: () => Promise.reject(new Error("away")) } as unknown as DeadManDeps["pool"];
test.each([
  ["Postgres is away", "cannot_write", async () => {}, () => broken, 0],
  [
    "a shard is nobody's",
    "shards_not_held",
    async () => {
      await world.redis.del(`lease:{${SHARDS[3]}}:${ROUTER_GROUP}`);
    },
    undefined,
    0,
  ],
  ["this process reads nothing", "stream_not_read", async () => {}, undefined, 60_001],
  [
    "an entry lies unread in a stream",
    "stream_not_read",
    async () => {
      const stream = verdictStream(SHARDS[5] ?? "");
      await world.redis.xgroup("CREATE", stream, ROUTER_GROUP, "0", "MKSTREAM").catch(() => undefined);
      await world.redis.xadd(stream, `${world.nowMs() - 10 * MINUTE_MS}-1`, "v", "1");
    },
    undefined,
    0,
  ],
] as const)("no heartbeat while %s", async (_name, reason, prepare, pool, sinceStreamReadMs) => {
  const watcher = await openWatcher();
  await prepare();
  expect(await beatDeadMan(beating(watcher.url, pool?.()), { sinceStreamReadMs })).toEqual({
    beats: false,
    reason,
  });
  expect(watcher.asked).toEqual([]);
  await watcher.close();
  await world.redis.del(verdictStream(SHARDS[5] ?? ""));
});

test("no heartbeat while a message is due for more than five minutes; one behind another does not count", async () => {
  const watcher = await openWatcher();
  const tenant = await addTestTenant(world.database);
  const sinkId = await world.addSink(tenant.id);
  const head = await world.addDelivery(tenant.id, sinkId, { state: "pending", reason: null });
  await world.addDelivery(tenant.id, sinkId, { state: "pending", reason: null });
  world.pass(5 * MINUTE_MS + 1);
  expect((await beatDeadMan(beating(watcher.url), { sinceStreamReadMs: 0 })).reason).toBe("deliveries_stuck");
  await world.admin.query("UPDATE delivery SET due_at = $2 WHERE id = $1", [
    head,
    new Date(world.nowMs() + MINUTE_MS),
  ]);
  expect((await beatDeadMan(beating(watcher.url), { sinceStreamReadMs: 0 })).reason).toBe("working");
  await watcher.close();
});

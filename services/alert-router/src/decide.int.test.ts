import { randomUUID } from "node:crypto";
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openRouterWorld, REGIONS, type RouterWorld } from "../test/open-router-world.ts";
import { readStreamProgress } from "./stream-progress.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());
beforeEach(() => world.beatAll());
afterEach(() => world.emptyQueues());

const all = (state: "up" | "down") => Object.fromEntries(REGIONS.map((region) => [region, state]));

/** An endpoint that was up a minute ago, and of which the first region now says down. */
async function failing(options: Parameters<RouterWorld["addEndpoint"]>[0] = {}) {
  const id = await world.addEndpoint(options);
  await world.slot(id, all("up"));
  await world.route(id);
  return id;
}

describe("which regions vote", () => {
  test("one without a heartbeat for 90 s, or whose self-check failed, is neither asked nor heard", async () => {
    const id = await failing();
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beat("us-east");
    await world.beat("eu-west", false);
    world.moveTo(world.nowMs() + 45_000);
    await world.beat("us-east");
    await world.slot(id, { "sa-east": "down", "eu-west": "down" });
    await world.route(id);
    expect((await world.stored(id)).machine.confirmation).toBeNull();
    await world.slot(id, { "us-east": "down" });
    await world.route(id);
    expect((await world.stored(id)).machine.confirmation).toMatchObject({ openedByRegion: "us-east" });
    expect(await world.lookJobs(id)).toEqual([]);
  });
  test("an endpoint's own choice of regions bounds who votes", async () => {
    const id = await failing();
    await world.database
      .pool("super")
      .query("UPDATE endpoints SET regions = '{us-east,sa-east}' WHERE id = $1", [id]);
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.slot(id, { "us-east": "down" });
    await world.route(id);
    expect((await world.lookJobs(id)).map(({ region }) => region)).toEqual(["sa-east"]);
  });
  test("a region from which most endpoints turn down alone is suspected, and they stay up", async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => failing()));
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beatAll();
    for (const id of ids) {
      await world.slot(id, { ...all("up"), "eu-west": "down" });
      await world.route(id);
    }
    for (const id of ids) {
      await world.route(id);
    }
    expect(world.suspicions).toContain("+eu-west");
    const id = ids[0] as string;
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beatAll();
    await world.slot(id, { ...all("up"), "eu-west": "down", "us-east": "down" });
    await world.route(id);
    await world.answerLooks(id, (region) => (region === "sa-east" ? "up" : "down"));
    await world.pass(id, 50_000);
    expect(await world.stored(id)).toMatchObject({ committed: "up" });
  });
});

describe("how long it takes to be degraded, and not to be any more", () => {
  /** Minutes in a row of one state, from now on; answers the flags after each. */
  async function minutes(id: string, state: "up" | "degraded", count: number) {
    const flags: string[] = [];
    for (let n = 0; n < count; n += 1) {
      world.moveTo(world.nowMs() + MINUTE_MS);
      await world.beatAll();
      await world.slot(id, Object.fromEntries(REGIONS.map((region) => [region, state])));
      await world.route(id);
      flags.push((await world.stored(id)).flags.join());
    }
    return flags;
  }

  test("is three minutes and two unless the owner says otherwise", async () => {
    const id = await failing();
    expect(await minutes(id, "degraded", 3)).toEqual(["", "", "degraded"]);
    expect(await minutes(id, "up", 2)).toEqual(["degraded", ""]);
  });

  test.each([
    { after: 1, cleared: 3 },
    { after: 5, cleared: 1 },
  ])("is what the owner says: $after and $cleared", async ({ after, cleared }) => {
    const id = await failing();
    await world.database
      .pool("super")
      .query(
        "UPDATE endpoints SET degraded_after_minutes = $2, degraded_cleared_after_minutes = $3 WHERE id = $1",
        [id, after, cleared],
      );
    const raised = await minutes(id, "degraded", after);
    expect(raised.filter((flags) => flags === "degraded")).toHaveLength(1);
    expect(raised.at(-1)).toBe("degraded");
    const fallen = await minutes(id, "up", cleared);
    expect(fallen.filter((flags) => flags === "")).toHaveLength(1);
    expect(fallen.at(-1)).toBe("");
  });
});

describe("budgets", () => {
  test("looks at unclaimed endpoints are ten a second per domain; the next slot tries again, the state stays", async () => {
    const domain = `${randomUUID()}.test`;
    const ids = await Promise.all(Array.from({ length: 8 }, () => failing({ isUnclaimed: true, domain })));
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beatAll();
    // Not all from one region: that one would be suspected instead.
    for (const [n, id] of ids.entries()) {
      await world.slot(id, { [REGIONS[n % 3] as string]: "down" });
    }
    for (const id of ids) {
      await world.route(id);
    }
    const asked = await Promise.all(ids.map(async (id) => (await world.lookJobs(id)).length));
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(10);
    const refused = ids.filter((_, n) => asked[n] === 0);
    expect(refused).toHaveLength(3);
    for (const id of refused) {
      expect(await world.stored(id)).toMatchObject({
        committed: "up",
        machine: { confirmation: null, openedAtMs: [] },
      });
      expect(await world.confirming(id)).toBeNull();
    }
    const again = refused[0] as string;
    world.moveTo(world.nowMs() + 30_000);
    await world.slot(again, { "us-east": "down" });
    await world.route(again);
    expect(await world.lookJobs(again)).toHaveLength(2);
  });

  test("claimed endpoints are looked at however many share a domain; one host's looks are spread over seconds", async () => {
    const host = `${randomUUID()}.test`;
    const ids = await Promise.all(Array.from({ length: 40 }, () => failing({ domain: host, host })));
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beatAll();
    // Not all from one region: that one would be suspected instead.
    for (const [n, id] of ids.entries()) {
      await world.slot(id, { [REGIONS[n % 3] as string]: "down" });
    }
    for (const id of ids) {
      await world.route(id);
    }
    const jobs = (await Promise.all(ids.map((id) => world.lookJobs(id)))).flat();
    expect(jobs).toHaveLength(80);
    const inSecond = (second: number) =>
      jobs.filter(({ data }) => data.notBeforeMs === world.nowMs() + second * 1_000).length;
    expect([inSecond(0), inSecond(1)]).toEqual([60, 20]);
  });
});

describe("time", () => {
  test("a backlog opens nothing from results older than 90 s, and begins the span there once confirmed", async () => {
    const id = await failing();
    world.moveTo(world.nowMs() + MINUTE_MS);
    const firstMs = world.nowMs();
    await world.slot(id, all("down"));
    world.moveTo(firstMs + 5 * MINUTE_MS);
    await world.beatAll();
    await world.route(id);
    expect((await world.stored(id)).machine.confirmation).toBeNull();
    await world.slot(id, all("down"));
    await world.route(id);
    await world.pass(id, 30_000);
    await world.answerLooks(id, () => "down");
    await world.route(id);
    expect((await world.spans(id)).at(-1)).toEqual({ state: "down", fromMs: firstMs, toMs: null });
  });

  test("a paused endpoint's confirmation ends without a decision", async () => {
    const id = await failing();
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.slot(id, { "us-east": "down" });
    await world.route(id);
    await world.database
      .pool("super")
      .query("UPDATE endpoints SET paused_at = now(), paused_reason = 'owner' WHERE id = $1", [id]);
    await world.pass(id, 31_000);
    expect(await world.stored(id)).toMatchObject({ committed: "up", machine: { confirmation: null } });
    expect(await world.confirming(id)).toBeNull();
  });

  test("progress is the clock when nothing waits, else the time of the oldest entry not handled", async () => {
    const id = await failing();
    const { shard } = await world.leaseOf(id);
    const stream = `verdicts:{${shard}}`;
    expect(await readStreamProgress(world.redis, shard, world.nowMs())).toBe(world.nowMs());
    const [seen] = (await world.redis.xrevrange(stream, "+", "-", "COUNT", 1)).map(([entryId]) => entryId);
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.slot(id, { "us-east": "down" });
    const waiting = await readStreamProgress(world.redis, shard, world.nowMs() + MINUTE_MS);
    expect(waiting).toBe(Number(seen?.split("-")[0]));
    await world.redis.xreadgroup("GROUP", "alert-router", shard, "COUNT", 1, "STREAMS", stream, ">");
    const [, oldest] = (await world.redis.xpending(stream, "alert-router")) as [number, string];
    expect(await readStreamProgress(world.redis, shard, world.nowMs() + MINUTE_MS)).toBe(
      Number(oldest.split("-")[0]),
    );
    await world.route(id);
    expect(await readStreamProgress(world.redis, shard, world.nowMs())).toBe(world.nowMs());
  });

  test("nothing was ever written to a shard: there is nothing to wait for", async () => {
    await world.redis.xgroup("CREATE", "verdicts:{s99}", "alert-router", "0", "MKSTREAM");
    expect(await readStreamProgress(world.redis, "s99", 123)).toBe(123);
  });
});

test("a stored machine that cannot be read is begun anew from the committed state", async () => {
  const id = await failing();
  await world.deps.pool.query(
    `UPDATE endpoint_state SET machine = jsonb_set(machine, '{confirmation}', $2) WHERE endpoint_id = $1`,
    [id, JSON.stringify({ startMs: "not a number" })],
  );
  world.moveTo(world.nowMs() + MINUTE_MS);
  await world.slot(id, { "us-east": "down" });
  await world.route(id);
  expect((await world.stored(id)).machine).toMatchObject({
    committed: "up",
    confirmation: { target: "down" },
  });
});

test("a bug in deciding one endpoint is counted and forgets its looks; the others go on", async () => {
  const ids = [await failing(), await failing()];
  world.moveTo(world.nowMs() + MINUTE_MS);
  for (const id of ids) {
    await world.slot(id, { "us-east": "down" });
    await world.route(id);
  }
  const [broken, fine] = ids as [string, string];
  // A state that cannot be: about to commit what is committed.
  await world.deps.pool.query(
    `UPDATE endpoint_state SET machine = machine || '{"committed": "down"}'
       || jsonb_build_object('confirmation', machine->'confirmation' || jsonb_build_object(
            'look1', machine->'confirmation'->'look1' || '{"outcome": "confirmed"}',
            'look2', machine->'confirmation'->'look2' || '{"outcome": "confirmed"}'))
     WHERE endpoint_id = $1`,
    [broken],
  );
  for (const id of ids) {
    await world.answerLooks(id, () => "down");
    await world.route(id);
  }
  expect((await world.stored(broken)).machine).toMatchObject({ committed: "down", confirmation: null });
  expect(await world.confirming(broken)).toBeNull();
  expect((await world.stored(fine)).machine.confirmation.look1.outcome).toBe("confirmed");
  expect(await world.deps.registry.metrics()).toMatch(/entries_dropped_total\{cause="threw"\} [1-9]/);
});

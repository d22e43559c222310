import { formatConfirming } from "@alivemcp/core/now-fields";
import { MINUTE_MS, minuteOf, slotJobId } from "@alivemcp/core/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRouterWorld, REGIONS, type RouterWorld } from "../test/open-router-world.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());

const all = (state: "up" | "down") => Object.fromEntries(REGIONS.map((region) => [region, state]));

test("an outage goes from the first failing result to a committed span, and back", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("up"));
  await world.route(id);
  const upSinceMs = world.nowMs();
  expect(await world.now(id)).toMatchObject({ committed: "up", flags: "", committed_reason: "" });

  await world.pass(id, MINUTE_MS);
  const downSinceMs = world.nowMs();
  await world.slot(id, all("down"));
  await world.route(id);
  const minute = minuteOf(downSinceMs);
  expect(await world.confirming(id)).toBe(
    formatConfirming({ confirmation: downSinceMs, look1Minute: minute, look2Minute: minute }),
  );
  // Every region had a fresh result in the minute's hash: look 1 needs no further probe.
  expect(await world.lookJobs(id)).toEqual([]);

  await world.pass(id, 30_000);
  expect((await world.lookJobs(id)).map(({ region }) => region).sort()).toEqual([...REGIONS].sort());
  expect(await world.answerLooks(id, () => "down")).toEqual(["eu-west 2", "sa-east 2", "us-east 2"]);
  await world.route(id);
  expect(await world.now(id)).toMatchObject({
    committed: "down",
    committed_at: String(downSinceMs),
    committed_reason: "connection_refused",
  });
  expect(await world.confirming(id)).toBeNull();

  await world.pass(id, 30_000);
  await world.slot(id, all("up"));
  const backSinceMs = world.nowMs();
  await world.route(id);
  await world.pass(id, 30_000);
  await world.answerLooks(id, () => "up");
  await world.route(id);
  expect(await world.transitions(id)).toEqual([
    "unknown to up: first-result",
    "up to down: down-confirmed",
    "down to up: recovery-confirmed",
  ]);
  expect(await world.spans(id)).toEqual([
    { state: "up", fromMs: upSinceMs, toMs: downSinceMs },
    { state: "down", fromMs: downSinceMs, toMs: backSinceMs },
    { state: "up", fromMs: backSinceMs, toMs: null },
  ]);
  expect((await world.stored(id)).confirming_until).toBeNull();
});

test("the minute of the looks is sealed as soon as they are over, not 45 s later", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("up"));
  await world.pass(id, MINUTE_MS);
  const minute = minuteOf(world.nowMs());
  await world.slot(id, { ...all("up"), "us-east": "down" });
  await world.route(id);
  await world.answerLooks(id, () => "up");
  await world.route(id);
  expect(await world.confirming(id)).toBeNull();
  expect(
    await world.redis.hget(`vm:{${(await world.leaseOf(id)).shard}}:${id}:${minute}`, "sealed"),
  ).not.toBeNull();
});

test("a region still working on the slot is awaited, one with no such job is asked", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("up"));
  await world.pass(id, MINUTE_MS);
  const slotAtMs = world.nowMs();
  const running = await world.queues
    .get("eu-west")
    ?.add("slot", {} as never, { jobId: slotJobId(id, slotAtMs) });
  await world.slot(id, { "us-east": "down" });
  await world.route(id);
  expect((await world.lookJobs(id)).map(({ region }) => region)).toEqual(["sa-east"]);
  await running?.remove();
});

test("a result reported while the router asks the queues is found: its region is not asked again", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("up"));
  await world.pass(id, MINUTE_MS);
  await world.slot(id, { "us-east": "down" });
  const queues = new Map(world.deps.queues);
  const finishing = world.deps.queues.get("sa-east");
  queues.set(
    "sa-east",
    new Proxy(finishing as NonNullable<typeof finishing>, {
      get: (queue, name) =>
        name === "getJobState"
          ? async () => {
              await world.slot(id, { "sa-east": "down" });
              return "completed";
            }
          : Reflect.get(queue, name),
    }),
  );
  await world.route(id, { ...world.deps, queues });
  expect((await world.lookJobs(id)).map(({ region }) => region)).toEqual(["eu-west"]);
  // It was also told to the stream, for `confirming` was set before; hearing it again changes nothing.
  const before = await world.stored(id);
  expect(await world.route(id)).toBeGreaterThan(0);
  expect((await world.stored(id)).machine.confirmation).toEqual(before.machine.confirmation);
});

test("looks jump the queue, have 10 s and one attempt, and carry what a probe needs", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("up"));
  await world.pass(id, MINUTE_MS);
  const waiting = await world.queues.get("eu-west")?.add("slot", { endpointId: "other" } as never);
  await world.slot(id, { "us-east": "down" });
  await world.route(id);
  const [first] = (await world.queues.get("eu-west")?.getJobs(["wait"], 0, 0, true)) ?? [];
  expect(first?.data).toMatchObject({
    endpointId: id,
    kind: "look",
    region: "eu-west",
    regionsAsked: [...REGIONS].sort(),
    look: { confirmation: world.nowMs(), n: 1 },
    budgetMs: 10_000,
    hasSecondAttempt: false,
  });
  await waiting?.remove();
});

test("an endpoint deleted meanwhile holds up nobody", async () => {
  const [gone, id] = [await world.addEndpoint(), await world.addEndpoint()];
  await world.slot(gone, all("up"));
  await world.slot(id, all("up"));
  await world.database.pool("super").query("DELETE FROM endpoints WHERE id = $1", [gone]);
  await world.route(gone);
  await world.route(id);
  expect(await world.stored(gone)).toBeUndefined();
  expect(await world.stored(id)).toMatchObject({ committed: "up" });
});

test("the fields of the router come back with the next minute after Redis lost them", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("up"));
  await world.route(id);
  await world.redis.del(`now:{${(await world.leaseOf(id)).shard}}:${id}`);
  await world.pass(id, MINUTE_MS);
  await world.slot(id, all("up"));
  await world.route(id);
  expect(await world.now(id)).toMatchObject({
    committed: "up",
    committed_at: String(world.nowMs() - MINUTE_MS),
  });
});

test("a state lost in Postgres and Redis is rebuilt: up by the first result, down by a confirmation", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("down"));
  await world.route(id);
  await world.pass(id, 30_000);
  await world.answerLooks(id, () => "down");
  await world.route(id);
  await world.deps.pool.query("DELETE FROM endpoint_state WHERE endpoint_id = $1", [id]);
  await world.redis.del(`now:{${(await world.leaseOf(id)).shard}}:${id}`);
  await world.pass(id, 30_000);
  await world.slot(id, all("down"));
  await world.route(id);
  await world.pass(id, 30_000);
  await world.answerLooks(id, () => "down");
  await world.route(id);
  expect(await world.stored(id)).toMatchObject({ committed: "down" });
  expect(await world.now(id)).toMatchObject({ committed: "down" });
});

test("a stale holder writes nothing and does nothing", async () => {
  const id = await world.addEndpoint();
  await world.slot(id, all("up"));
  await world.route(id);
  const old = await world.leaseOf(id);
  await world.takeOver(id);
  await world.pass(id, MINUTE_MS);
  await world.slot(id, { "us-east": "down" });
  const { routeBatch } = await import("./route-batch.ts");
  const entry = {
    kind: "look" as const,
    endpointId: id,
    minute: minuteOf(world.nowMs()),
    writtenAtMs: world.nowMs(),
    traceparent: "",
    region: "us-east",
    jobId: "x",
    look: null,
    vote: {
      observedAtMs: world.nowMs() + 1,
      digest: "0",
      slotAtMs: world.nowMs(),
      startedAtMs: world.nowMs(),
      state: "down" as const,
      reason: null,
      latencyMs: null,
      changedFullHash: null,
    },
    finding: null,
  };
  await expect(routeBatch(world.deps, { ...old, entries: [entry] })).rejects.toThrow("newer holder");
  expect(await world.lookJobs(id)).toEqual([]);
  expect((await world.stored(id)).machine.confirmation).toBeNull();
});

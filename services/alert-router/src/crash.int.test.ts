/** Dies at every touch of Postgres, Redis and the queues, at every step of an outage, before it takes effect and after. */
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestTenant } from "../../../db/test/tenant.ts";
import { type Crash, Crashed, crashAt } from "../test/crash-at.ts";
import { openRouterWorld, REGIONS, type RouterWorld } from "../test/open-router-world.ts";
import type { RouteDeps } from "./route-batch.ts";

let world: RouterWorld;
beforeAll(async () => {
  world = await openRouterWorld();
});
afterAll(() => world.close());

const all = (state: "up" | "down") => Object.fromEntries(REGIONS.map((region) => [region, state]));
const STEPS = ["opening", "look 1 answered", "look 2 asked", "look 2 answered"] as const;
type Step = (typeof STEPS)[number];

/** One outage from up to down; at `crash.step` the process dies and another one takes over. */
async function live(crash: { step: Step; at: Crash | null } | null) {
  const tenant = await addTestTenant(world.database);
  const id = await world.addEndpoint({ tenantId: tenant.id });
  await world.emptyQueues();
  await world.slot(id, all("up"));
  await world.route(id);
  world.moveTo(world.nowMs() + MINUTE_MS);
  await world.beatAll();
  let touches = 0;

  const dying = async (step: Step, work: (as: RouteDeps) => Promise<unknown>) => {
    if (crash?.step !== step) {
      await work(world.deps);
      return;
    }
    const dead = crashAt(world.deps, crash.at);
    await work(dead.deps).catch((err: unknown) => {
      if (!(err instanceof Crashed)) {
        throw err;
      }
    });
    touches = dead.touches();
    if (crash.at !== null) {
      await world.takeOver(id);
      await world.route(id);
      await world.sweep(id);
    }
  };

  const downSinceMs = world.nowMs();
  await world.slot(id, { "us-east": "down" });
  await dying("opening", (as) => world.route(id, as));
  const looks = await world.answerLooks(id, () => "down");
  await dying("look 1 answered", (as) => world.route(id, as));
  world.moveTo(downSinceMs + 30_000);
  await dying("look 2 asked", (as) => world.sweep(id, as));
  looks.push(...(await world.answerLooks(id, () => "down")));
  await dying("look 2 answered", (as) => world.route(id, as));
  return { tenantId: tenant.id, id, downSinceMs, looks, touches };
}

async function expectOneOutage({ tenantId, id, downSinceMs, looks }: Awaited<ReturnType<typeof live>>) {
  expect(looks.sort()).toEqual(["eu-west 1", "eu-west 2", "sa-east 1", "sa-east 2", "us-east 2"]);
  expect(await world.transitions(id)).toEqual(["unknown to up: first-result", "up to down: down-confirmed"]);
  expect((await world.spans(id)).slice(1)).toEqual([{ state: "down", fromMs: downSinceMs, toMs: null }]);
  expect(await world.now(id)).toMatchObject({ committed: "down", committed_at: String(downSinceMs) });
  expect(await world.confirming(id)).toBeNull();
  expect(await world.lookJobs(id)).toEqual([]);
  await expectOnePage(tenantId, id, downSinceMs);
}

/** No page lost, none doubled: one incident, one entry, one decision, one message. */
async function expectOnePage(tenantId: string, id: string, downSinceMs: number) {
  const incidents = await world.incidents(id);
  expect(incidents.map(({ started_at }) => started_at.getTime())).toEqual([downSinceMs]);
  expect(await world.decisions(tenantId)).toEqual(["send default-rule incident.opened P1"]);
  expect((await world.deliveries(tenantId)).map(({ event, state }) => [event, state])).toEqual([
    ["incident.opened", "pending"],
  ]);
  const { rows } = await world.deps.pool.query("SELECT kind FROM incident_event WHERE incident_id = $1", [
    incidents[0].id,
  ]);
  expect(rows).toEqual([{ kind: "opened" }]);
}

describe.each(STEPS)("dying while: %s", (step) => {
  test("loses nothing and doubles nothing, wherever it happens", async () => {
    const counted = await live({ step, at: null });
    await expectOneOutage(counted);
    expect(counted.touches).toBeGreaterThan(5);
    for (let call = 1; call <= counted.touches; call += 1) {
      for (const isDone of [false, true]) {
        const lived = await live({ step, at: { call, isDone } });
        await expectOneOutage(lived).catch((err: unknown) => {
          throw new Error(`died at touch ${call} of ${counted.touches}, ${isDone ? "after" : "before"}`, {
            cause: err,
          });
        });
      }
    }
  }, 240_000);
});

test("every entry read twice, though nobody died, changes nothing", async () => {
  const tenant = await addTestTenant(world.database);
  const id = await world.addEndpoint({ tenantId: tenant.id });
  await world.slot(id, all("up"));
  const again = async () => {
    await world.route(id);
    const { shard } = await world.leaseOf(id);
    const stream = `verdicts:{${shard}}`;
    // Puts the group back by everything it read: the same entries come as new ones.
    await world.redis.xgroup("SETID", stream, "alert-router", "0");
    await world.route(id);
  };
  await again();
  await world.pass(id, MINUTE_MS);
  const downSinceMs = world.nowMs();
  await world.slot(id, { "us-east": "down" });
  await again();
  await world.answerLooks(id, () => "down");
  await again();
  await world.pass(id, 30_000);
  await world.answerLooks(id, () => "down");
  await again();
  expect(await world.transitions(id)).toEqual(["unknown to up: first-result", "up to down: down-confirmed"]);
  expect((await world.spans(id)).at(-1)).toEqual({ state: "down", fromMs: downSinceMs, toMs: null });
  expect(await world.lookJobs(id)).toEqual([]);
  await expectOnePage(tenant.id, id, downSinceMs);
});

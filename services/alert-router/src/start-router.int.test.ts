/** The whole process against real Postgres and Redis on the real clock, with workers that answer looks at once. */
import { randomUUID } from "node:crypto";
import { nowKey, type ProbeJob, probeQueueName } from "@alivemcp/core/pipeline";
import { SHARDS } from "@alivemcp/core/shard";
import type { ProbeState } from "@alivemcp/core/states";
import { loadConfig } from "@alivemcp/runtime/config";
import { openQueueConnection, openQueueWorker, type Worker } from "@alivemcp/runtime/queues";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FlakyLink, openFlakyLink } from "../../runtime/test/flaky-link.ts";
import { makeTestSinkKey } from "../../runtime/test/sink-keys.ts";
import { openRouterWorld, REGIONS, type RouterWorld } from "../test/open-router-world.ts";
import { configSchema } from "./config.ts";
import { createDeps } from "./deps.ts";
import { type RunningRouter, startRouter } from "./start-router.ts";

const WAIT = { timeout: 30_000, interval: 50 };
let world: RouterWorld;
let links: { postgres: FlakyLink; redis: FlakyLink };
let endings: (() => Promise<unknown> | unknown)[];
/** What probes of an endpoint find now. */
let findings: Map<string, ProbeState>;

beforeEach(async () => {
  world = await openRouterWorld();
  findings = new Map();
  links = {
    postgres: await openFlakyLink(world.database.url("system")),
    redis: await openFlakyLink(world.redisUrl),
  };
  endings = [() => world.close(), () => links.postgres.close(), () => links.redis.close()];
  const connection = openQueueConnection(world.redisUrl, { name: "test-workers", onError: () => {} });
  endings.push(() => connection.disconnect());
  for (const region of REGIONS) {
    const worker: Worker<unknown, unknown> = openQueueWorker(
      connection,
      probeQueueName(region),
      async (job) => {
        const data = job.data as ProbeJob;
        tick();
        await world.report(data, job.id ?? "", findings.get(data.endpointId) ?? "unknown");
      },
      { removeOnComplete: { age: 180 } },
    );
    endings.push(() => worker.close(true));
  }
});
afterEach(async () => {
  for (const end of endings.reverse()) {
    await end();
  }
});

/** The world's clock follows the real one here. */
const tick = () => world.moveTo(Date.now());

async function start(): Promise<RunningRouter> {
  const postgres = new URL(world.database.url("system"));
  postgres.port = new URL(links.postgres.url).port;
  const deps = await createDeps(
    loadConfig(configSchema, {
      LOG_LEVEL: "fatal",
      REDIS_URL: links.redis.url,
      METRICS_PORT: "0",
      SHUTDOWN_GRACE_MS: "5000",
      DATABASE_URL: postgres.href,
      TICKET_KEY: "test-ticket-key-0123456789abcdef0123",
      REGIONS_FILE: new URL("../../../infra/regions.json", import.meta.url).pathname,
      PROBE_REGIONS: REGIONS.join(","),
      SINK_KEY: makeTestSinkKey().text,
      SMTP_URL: "smtp://127.0.0.1:9",
      MAIL_FROM: "AliveMCP <alivemcp@router.test>",
      APP_URL: "http://web.test",
      PUBLIC_URL: "http://status.test",
      API_URL: "http://api.test",
    }),
  );
  const router = await startRouter(deps);
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) {
      isStopped = true;
      await router.stop();
    }
  };
  endings.push(stop);
  await expect.poll(() => router.shards().length, WAIT).toBeGreaterThan(0);
  return { ...router, stop };
}

/** A slot of now, in which every region finds the same. */
async function slot(id: string, state: ProbeState) {
  findings.set(id, state);
  tick();
  await world.beatAll();
  await world.slot(id, Object.fromEntries(REGIONS.map((region) => [region, state])));
}
const committed = async (id: string) => (await world.stored(id))?.committed;
const confirmationOf = async (id: string) => (await world.stored(id))?.machine.confirmation;
const untilCommitted = (id: string, state: string) => expect.poll(() => committed(id), WAIT).toBe(state);
const OUTAGE = ["unknown to up: first-result", "up to down: down-confirmed"];

test("an outage is noticed, looked at twice, committed and shown; metrics and readiness tell of it", async () => {
  const router = await start();
  const id = await world.addEndpoint({ periodMs: 1_000 });
  await slot(id, "up");
  await untilCommitted(id, "up");
  await slot(id, "down");
  await untilCommitted(id, "down");
  await expect.poll(() => world.now(id), WAIT).toMatchObject({ committed: "down" });
  expect(await world.transitions(id)).toEqual(OUTAGE);
  expect(router.shards()).toEqual(expect.arrayContaining([...SHARDS]));
  const base = `http://127.0.0.1:${router.opsPort}`;
  const metrics = await (await fetch(`${base}/metrics`)).text();
  expect(metrics).toContain('alivemcp_router_transitions_total{from="up",to="down",reason="down-confirmed"');
  expect(metrics).toMatch(/alivemcp_router_lag_seconds_count\{[^}]*\} [1-9]/);
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
});

test("Postgres gone in the middle of a confirmation: entries wait, and it is committed once after it is back", async () => {
  await start();
  const id = await world.addEndpoint({ periodMs: 3_000 });
  await slot(id, "up");
  await untilCommitted(id, "up");
  await slot(id, "down");
  await expect.poll(() => confirmationOf(id), WAIT).not.toBeNull();
  await links.postgres.cut();
  await expect.poll(() => Date.now() - world.nowMs(), WAIT).toBeGreaterThan(4_000);
  expect(await committed(id)).toBe("up");
  await links.postgres.mend();
  await untilCommitted(id, "down");
  expect(await world.transitions(id)).toEqual(OUTAGE);
});

test("Redis gone in the middle of a confirmation: it is committed once after it is back", async () => {
  await start();
  const id = await world.addEndpoint({ periodMs: 2_000 });
  await slot(id, "up");
  await untilCommitted(id, "up");
  await slot(id, "down");
  await expect.poll(() => confirmationOf(id), WAIT).not.toBeNull();
  await links.redis.cut();
  await expect.poll(() => Date.now() - world.nowMs(), WAIT).toBeGreaterThan(3_000);
  await links.redis.mend();
  await untilCommitted(id, "down");
  expect(await world.transitions(id)).toEqual(OUTAGE);
});

test("Redis back without its data: what the router wrote is there again before the next probe", async () => {
  await start();
  const id = await world.addEndpoint();
  await slot(id, "up");
  await untilCommitted(id, "up");
  await expect.poll(() => world.now(id), WAIT).toMatchObject({ committed: "up" });
  await world.redis.flushdb();
  expect(await world.redis.exists(nowKey(id))).toBe(0);
  await expect.poll(() => world.now(id), WAIT).toMatchObject({ committed: "up" });
  await slot(id, "down");
  await expect.poll(() => world.confirming(id), WAIT).not.toBeNull();
});

test("a router that stops hands over in the middle of a confirmation; the next one ends it", async () => {
  const first = await start();
  const id = await world.addEndpoint({ periodMs: 2_000 });
  await slot(id, "up");
  await untilCommitted(id, "up");
  await slot(id, "down");
  await expect.poll(() => confirmationOf(id), WAIT).not.toBeNull();
  await first.stop();
  await start();
  await untilCommitted(id, "down");
  expect(await world.transitions(id)).toEqual(OUTAGE);
});

test("two routers share the shards, and an entry nobody can read harms no other", async () => {
  const [one, other] = [await start(), await start()];
  await expect.poll(() => [one.shards().length, other.shards().length], WAIT).toEqual([8, 8]);
  const ids = await Promise.all(Array.from({ length: 8 }, () => world.addEndpoint({ id: randomUUID() })));
  for (const shard of SHARDS) {
    await world.redis.xadd(`verdicts:{${shard}}`, "*", "v", "9", "k", "look");
  }
  for (const id of ids) {
    await slot(id, "up");
  }
  for (const id of ids) {
    await untilCommitted(id, "up");
  }
});

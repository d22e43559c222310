/**
 * `node services/alert-router/test/measure-routing.ts [endpoints] [minutes]` with TEST_DATABASE_URL and TEST_REDIS_URL:
 * how many verdict-minutes one router decides and stores per second, with half an hour of memory per endpoint.
 */
import { randomUUID } from "node:crypto";
import { minuteOf } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import type { MinuteEntry } from "@alivemcp/core/verdict-entry";
import { routeBatch } from "../src/route-batch.ts";
import { openRouterWorld, REGIONS } from "./open-router-world.ts";

const BATCH = 500;

const [endpoints = 2_000, minutes = 40] = process.argv.slice(2).map(Number);
const world = await openRouterWorld();
const ids: string[] = [];
while (ids.length < endpoints) {
  const id = randomUUID();
  if (shardOf(id) === "s00") {
    ids.push(await world.addEndpoint({ id }));
  }
}
const lease = await world.leaseOf(ids[0] as string);
let took = 0;
for (let n = 0; n < minutes; n += 1) {
  world.moveTo(world.nowMs() + 60_000);
  await world.beatAll();
  const entries = ids.map((id) => minuteOfUp(id, world.nowMs()));
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let i = 0; i < entries.length; i += BATCH) {
    await routeBatch(world.deps, { ...lease, entries: entries.slice(i, i + BATCH) });
  }
  took = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  if (n === 0 || n === minutes - 1) {
    process.stdout.write(
      `minute ${n + 1}: ${Math.round((endpoints / took) * 1_000)} entries/s, ${((user + system) / endpoints).toFixed(0)} µs of CPU each\n`,
    );
  }
}
await world.close();

function minuteOfUp(endpointId: string, atMs: number): MinuteEntry {
  const vote = {
    observedAtMs: atMs + 200,
    digest: "00c0ffee00",
    slotAtMs: atMs,
    startedAtMs: atMs,
    state: "up" as const,
    reason: null,
    latencyMs: 120,
    changedFullHash: null,
  };
  return {
    kind: "sealed",
    endpointId,
    minute: minuteOf(atMs),
    writtenAtMs: atMs + 300,
    traceparent: "",
    state: "up",
    reason: null,
    latencyMs: 120,
    revision: 1,
    coversMinutes: 1,
    retentionClass: "public",
    regionsAsked: REGIONS,
    votes: Object.fromEntries(REGIONS.map((region) => [region, vote])),
    findings: {},
  };
}

import { SHARDS } from "@alivemcp/core/shard";
import { isOptedOutInMirror } from "@alivemcp/runtime/opt-out-mirror";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { addEndpoints, openTestScheduler } from "../test/open-test-scheduler.ts";
import type { Deps } from "./deps.ts";
import { refreshSnapshot } from "./refresh-snapshot.ts";

let database: TestDatabase;
let redis: TestRedis;
let deps: Deps;
let nowMs = Date.now();

beforeEach(async () => {
  nowMs = Date.now();
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  ({ deps } = await openTestScheduler({ database, redis, clock: { nowMs: () => nowMs } }));
});
afterEach(async () => {
  await deps.close();
  await Promise.all([database.close(), redis.close()]);
});

const query = (text: string, values?: unknown[]) => database.pool("super").query(text, values);
/** Lets rows of endpoints look unchanged for an hour, so that only what else changed can bring them back. */
const ageEndpoints = () =>
  query(`SET session_replication_role = replica; UPDATE endpoints SET updated_at = now() - interval '1 hour';
    SET session_replication_role = DEFAULT`);
const scheduledIds = () =>
  SHARDS.flatMap((shard) => [...deps.snapshot.ofShard(shard)].map(({ plan }) => plan.id)).sort();

test("what was added, changed, paused, resumed and deleted is known after the next refresh", async () => {
  const [a, b, c] = (await addEndpoints(database, 3)) as [string, string, string];
  await refreshSnapshot(deps);
  expect(scheduledIds()).toEqual([a, b, c].sort());

  const [d] = (await addEndpoints(database, 1)) as [string];
  await query("UPDATE endpoints SET paused_at = now(), paused_reason = 'owner' WHERE id = $1", [a]);
  await query("UPDATE endpoints SET cadence_s = 300 WHERE id = $1", [b]);
  await query("DELETE FROM endpoints WHERE id = $1", [c]);
  await refreshSnapshot(deps);
  expect(scheduledIds()).toEqual([b, d].sort());
  expect(deps.snapshot.plans.get(b)).toMatchObject({ cadenceS: 300, configVersion: 2 });

  await query("UPDATE endpoints SET paused_at = NULL, paused_reason = NULL WHERE id = $1", [a]);
  await refreshSnapshot(deps);
  expect(scheduledIds()).toEqual([a, b, d].sort());
});

test("what probes learned reaches the next jobs", async () => {
  const [id] = (await addEndpoints(database, 1)) as [string];
  await ageEndpoints();
  await refreshSnapshot(deps);
  const [baseline, other] = ["a".repeat(64), "b".repeat(64)];
  await query(
    `INSERT INTO endpoint_memory (endpoint_id, era, transport, protocol_version, baseline_full_hash, is_slow, dead_since)
     VALUES ($1, 'modern', 'http', '2026-07-28', $2, true, to_timestamp(1000))`,
    [id, baseline],
  );
  await refreshSnapshot(deps);
  expect(deps.snapshot.plans.get(id)).toMatchObject({
    remembered: { era: "modern", transport: "http", protocolVersion: "2026-07-28" },
    baselineFullHash: baseline,
    isSlow: true,
    deadSinceMs: 1_000_000,
  });
  await query("UPDATE endpoint_memory SET updated_at = now() - interval '1 hour'");
  await query(
    `INSERT INTO endpoint_region_tool_list (endpoint_id, region, contract_hash, full_hash, believed_at)
     VALUES ($1, 'sa-east', $2, $2, now())`,
    [id, other],
  );
  await refreshSnapshot(deps);
  expect(deps.snapshot.plans.get(id)?.regionFullHashes).toEqual({ "sa-east": other });
});

test("a follower's shorter cadence counts while it follows", async () => {
  const [id] = (await addEndpoints(database, 1, { cadenceS: 300 })) as [string];
  await query(
    "INSERT INTO follow (tenant_id, endpoint_id, cadence_s) SELECT id, $1, 60 FROM tenants WHERE kind = 'public'",
    [id],
  );
  await ageEndpoints();
  await refreshSnapshot(deps);
  expect(deps.snapshot.plans.get(id)).toMatchObject({ cadenceS: 60, isFollowed: true });
  await query("DELETE FROM follow");
  await refreshSnapshot(deps);
  expect(deps.snapshot.plans.get(id)).toMatchObject({ cadenceS: 300, isFollowed: false });
});

test("an opt-out and its withdrawal are obeyed at the next refresh", async () => {
  const [id] = (await addEndpoints(database, 1, { standing: "unclaimed", domain: "please.example" })) as [
    string,
  ];
  await addEndpoints(database, 1, { domain: "please.example" });
  await refreshSnapshot(deps);
  await query("INSERT INTO opt_out (kind, target) VALUES ('domain', 'please.example')");
  await refreshSnapshot(deps);
  expect(scheduledIds()).not.toContain(id);
  expect(scheduledIds()).toHaveLength(1);
  const target = {
    registrableDomain: "please.example",
    host: "www.please.example",
    url: "https://www.please.example/",
  };
  const isMirrored = () => isOptedOutInMirror(deps.redis, { ...target, normalizedUrl: target.url });
  expect(await isMirrored()).toBe(true);
  await query("UPDATE opt_out SET verified_at = now()");
  await refreshSnapshot(deps);
  expect(scheduledIds()).toEqual([]);
  await query("UPDATE opt_out SET withdrawn_at = now()");
  await refreshSnapshot(deps);
  expect(scheduledIds()).toHaveLength(2);
  expect(await isMirrored()).toBe(false);
});

test("a failed refresh keeps what was known", async () => {
  const ids = await addEndpoints(database, 2);
  await refreshSnapshot(deps);
  const broken = { ...deps, pool: { query: () => Promise.reject(new Error("gone")) } } as unknown as Deps;
  await expect(refreshSnapshot(broken)).rejects.toThrow("Failed query");
  expect(scheduledIds()).toEqual([...ids].sort());
});

test("everything is read anew after ten minutes, so that the long dead slow down", async () => {
  const [id] = (await addEndpoints(database, 1, { standing: "unclaimed" })) as [string];
  await query(
    "INSERT INTO endpoint_memory (endpoint_id, dead_since, updated_at) VALUES ($1, $2, now() - interval '1 hour')",
    [id, new Date(nowMs - 7 * 86_400_000 + 60_000)],
  );
  await refreshSnapshot(deps);
  const cadence = () =>
    SHARDS.flatMap((shard) => [...deps.snapshot.ofShard(shard)]).map(({ timing }) => timing.cadenceMs);
  expect(cadence()).toEqual([60_000]);
  nowMs += 10 * 60_000;
  await refreshSnapshot(deps);
  expect(cadence()).toEqual([900_000]);
});

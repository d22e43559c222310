import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../test/database.ts";
import { claimConsumerFence } from "./consumer-fences-system.ts";
import {
  type EndpointStateChange,
  listEndpointStatesOfShard,
  listEndpointsToWake,
  listRoutedEndpoints,
  saveEndpointStates,
} from "./endpoint-states-system.ts";

const T0 = Date.UTC(2026, 10, 21, 12);
const GROUP = "alert-router";
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
const pool = () => database.pool("system");

async function insertEndpoint(): Promise<string> {
  const id = randomUUID();
  await database.pool("super").query(
    `INSERT INTO endpoints (id, tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     VALUES ($1, '00000000-0000-4000-8000-000000000001', $2, 'x', $3, $3, 'x.test', 'x.test', 'public', 'unclaimed', 'public')`,
    [id, `s-${id}`, `https://x.test/${id}`],
  );
  return id;
}

const change = (endpointId: string, partial: Partial<EndpointStateChange> = {}): EndpointStateChange => ({
  endpointId,
  shard: "s07",
  committed: "up",
  sinceAtMs: T0,
  reason: null,
  flags: [],
  machine: { v: 1 },
  wakeAtMs: null,
  spans: [],
  transitions: [],
  ...partial,
});
const leaseOf = async (shard = "s07") => ({
  consumerGroup: GROUP,
  shard,
  fence: await claimConsumerFence(pool(), { consumerGroup: GROUP, shard }),
});
const spansOf = async (id: string) => {
  const { rows } = await pool().query(
    "SELECT state, from_at, to_at FROM state_span WHERE endpoint_id = $1 ORDER BY from_at",
    [id],
  );
  return rows.map((row) => [row.state, row.from_at.getTime() - T0, row.to_at && row.to_at.getTime() - T0]);
};

describe("saving", () => {
  test("a machine comes back as it was saved, beside what the endpoint is", async () => {
    const [id, untouched] = [await insertEndpoint(), await insertEndpoint()];
    await pool().query("INSERT INTO endpoint_memory (endpoint_id, latency_ms_p95_of_7d) VALUES ($1, 321)", [
      id,
    ]);
    const lease = await leaseOf();
    const saved = change(id, {
      flags: ["degraded", "flapping"],
      reason: "http_error",
      machine: { v: 1, list: [1] },
    });
    expect(await saveEndpointStates(pool(), lease, [saved])).toBe("saved");
    const routed = await listRoutedEndpoints(pool(), [id, untouched, randomUUID()]);
    expect(new Map(routed.map((one) => [one.endpointId, one]))).toEqual(
      new Map([
        [
          id,
          {
            endpointId: id,
            isPaused: false,
            latencyMsP95Of7d: 321,
            stored: { committed: "up", sinceAtMs: T0, reason: "http_error", machine: { v: 1, list: [1] } },
          },
        ],
        [untouched, { endpointId: untouched, isPaused: false, latencyMsP95Of7d: null, stored: null }],
      ]),
    );
    const { rows } = await pool().query("SELECT flags FROM endpoint_state WHERE endpoint_id = $1", [id]);
    expect(rows[0].flags).toEqual(["degraded", "flapping"]);
  });

  test("each span ends where the next begins, several of one endpoint in one go too", async () => {
    const [a, b] = [await insertEndpoint(), await insertEndpoint()];
    const lease = await leaseOf();
    await saveEndpointStates(pool(), lease, [change(a, { spans: [{ state: "up", fromMs: T0 }] })]);
    await saveEndpointStates(pool(), lease, [
      change(a, {
        spans: [
          { state: "down", fromMs: T0 + 10 },
          { state: "up", fromMs: T0 + 20 },
        ],
      }),
      change(b, { spans: [{ state: "down", fromMs: T0 + 5 }] }),
    ]);
    expect(await spansOf(a)).toEqual([
      ["up", 0, 10],
      ["down", 10, 20],
      ["up", 20, null],
    ]);
    expect(await spansOf(b)).toEqual([["down", 5, null]]);
  });

  test("a span that would begin before the newest one, after a loss of the state, blocks nothing", async () => {
    const id = await insertEndpoint();
    const lease = await leaseOf();
    await saveEndpointStates(pool(), lease, [change(id, { spans: [{ state: "up", fromMs: T0 + 50 }] })]);
    await saveEndpointStates(pool(), lease, [change(id, { spans: [{ state: "down", fromMs: T0 + 10 }] })]);
    await saveEndpointStates(pool(), lease, [change(id, { spans: [{ state: "up", fromMs: T0 + 50 }] })]);
    expect(await spansOf(id)).toEqual([
      ["down", 10, 50],
      ["up", 50, null],
    ]);
  });

  test("a transition is written once, in the order it was told", async () => {
    const id = await insertEndpoint();
    const lease = await leaseOf();
    const transitions = ["degraded-raised", "down-confirmed"].map((reason) => ({
      atMs: T0,
      from: "up",
      to: "down",
      reason,
      facts: { regions: ["eu-west"] },
    }));
    await saveEndpointStates(pool(), lease, [change(id, { transitions })]);
    await saveEndpointStates(pool(), lease, [change(id, { transitions })]);
    const { rows } = await pool().query(
      "SELECT reason, facts FROM transition WHERE endpoint_id = $1 ORDER BY id",
      [id],
    );
    expect(rows).toEqual(transitions.map(({ reason, facts }) => ({ reason, facts })));
  });

  test("an endpoint deleted meanwhile does not keep the others from being saved", async () => {
    const id = await insertEndpoint();
    const gone = change(randomUUID(), {
      spans: [{ state: "up", fromMs: T0 }],
      transitions: [{ atMs: T0, from: "unknown", to: "up", reason: "first-result", facts: {} }],
    });
    expect(await saveEndpointStates(pool(), await leaseOf(), [gone, change(id)])).toBe("saved");
    expect(await listRoutedEndpoints(pool(), [id])).toMatchObject([{ stored: { committed: "up" } }]);
  });

  test("an older holder of the shard writes nothing", async () => {
    const id = await insertEndpoint();
    const [older, newer] = [await leaseOf("s03"), await leaseOf("s03")];
    expect(newer.fence).toBe(older.fence + 1);
    expect(await saveEndpointStates(pool(), newer, [change(id)])).toBe("saved");
    const late = change(id, { committed: "down", spans: [{ state: "down", fromMs: T0 }] });
    expect(await saveEndpointStates(pool(), older, [late])).toBe("stale");
    expect(await listRoutedEndpoints(pool(), [id])).toMatchObject([{ stored: { committed: "up" } }]);
    expect(await spansOf(id)).toEqual([]);
  });
});

describe("finding", () => {
  test("what wants to be woken is found per shard, the longest waiting first, up to a limit", async () => {
    const ids = [
      await insertEndpoint(),
      await insertEndpoint(),
      await insertEndpoint(),
      await insertEndpoint(),
    ];
    const lease = await leaseOf("s11");
    const wakes = [T0 + 3, T0 + 1, T0 + 9, null];
    await saveEndpointStates(
      pool(),
      lease,
      ids.map((id, i) => change(id, { shard: "s11", wakeAtMs: wakes[i] ?? null })),
    );
    const toWake = async (atMs: number, limit = 10, shard = "s11") =>
      (await listEndpointsToWake(pool(), { shard, atMs, limit })).map(({ endpointId }) => endpointId);
    expect(await toWake(T0 + 3)).toEqual([ids[1], ids[0]]);
    expect(await toWake(T0 + 9, 1)).toEqual([ids[1]]);
    expect(await toWake(T0 + 9, 10, "s12")).toEqual([]);
  });

  test("a new holder pages through all of a shard", async () => {
    const ids = [await insertEndpoint(), await insertEndpoint(), await insertEndpoint()].sort();
    await saveEndpointStates(
      pool(),
      await leaseOf("s13"),
      ids.map((id) => change(id, { shard: "s13" })),
    );
    const first = await listEndpointStatesOfShard(pool(), { shard: "s13", afterId: null, limit: 2 });
    expect(first.map(({ endpointId }) => endpointId)).toEqual(ids.slice(0, 2));
    const rest = await listEndpointStatesOfShard(pool(), { shard: "s13", afterId: ids[1] ?? null, limit: 2 });
    expect(rest.map(({ endpointId }) => endpointId)).toEqual(ids.slice(2));
  });
});

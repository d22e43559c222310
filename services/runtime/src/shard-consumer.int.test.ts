import { randomUUID } from "node:crypto";
import {
  ARCHIVER_GROUP,
  asideStream,
  leaseHoldersKey,
  shardLeaseKey,
  verdictStream,
} from "@alivemcp/core/pipeline";
import { SHARDS, shardOf } from "@alivemcp/core/shard";
import { Redis } from "ioredis";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appendLook } from "../test/append-look.ts";
import { openFlakyLink } from "../test/flaky-link.ts";
import { openTestRedis, type TestRedis } from "../test/redis.ts";
import { systemClock } from "./clock.ts";
import type { ShardEntry } from "./shard-batch.ts";
import { type ShardConsumerInput, startShardConsumer } from "./shard-consumer.ts";
import { ensureGroup } from "./verdict-stream.ts";

const group = ARCHIVER_GROUP;
const WAIT = { timeout: 10_000, interval: 10 };
let server: TestRedis;
let endings: (() => Promise<unknown>)[] = [];
let gates: (() => void)[] = [];
beforeEach(async () => {
  server = await openTestRedis();
});
afterEach(async () => {
  for (const open of gates) {
    open();
  }
  for (const end of endings.toReversed()) {
    await end();
  }
  endings = [];
  gates = [];
  await server.close();
});

/** Ids are unique within a shard only. */
const label = (shard: string, id: string) => `${shard}/${id}`;

async function append(endpointId: string, n = 0): Promise<string> {
  return label(shardOf(endpointId), await appendLook(server.redis, endpointId, n));
}

/** One endpoint in every shard. */
function endpointPerShard(): Map<string, string> {
  const ids = new Map<string, string>();
  while (ids.size < SHARDS.length) {
    const id = randomUUID();
    ids.set(shardOf(id), id);
  }
  return ids;
}

/** Fences as the database keeps them: one number per shard, raised by every claim. */
function openFences() {
  const newest = new Map<string, number>();
  return {
    claim: async (shard: string) => {
      const fence = (newest.get(shard) ?? 0) + 1;
      newest.set(shard, fence);
      return fence;
    },
    assert(shard: string, fence: number) {
      if (newest.get(shard) !== fence) {
        throw new Error(`stale fence ${fence} of ${shard}`);
      }
    },
  };
}

interface Handled {
  readonly shard: string;
  readonly fence: number;
  readonly ids: readonly string[];
}

function start(
  over: Partial<ShardConsumerInput> & { url?: string; fences?: ReturnType<typeof openFences> } = {},
) {
  const redis = new Redis(over.url ?? server.url, {
    protocol: 2,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 1,
    commandTimeout: 1_000,
    retryStrategy: () => 50,
  });
  redis.on("error", () => undefined);
  const handled: Handled[] = [];
  const broken: string[] = [];
  const errors: unknown[] = [];
  const { url: _url, fences, handle, ...input } = over;
  const consumer = startShardConsumer(
    { redis, clock: systemClock, metrics: new Registry(), onError: (err) => errors.push(err) },
    {
      group,
      claimFence: fences?.claim ?? (async () => 1),
      leaseMs: 1_000,
      onBroken: (shard, { id }) => broken.push(label(shard, id)),
      handle: async (shard, fence, entries) => {
        await handle?.(shard, fence, entries);
        handled.push({ shard, fence, ids: entries.map(({ id }) => label(shard, id)) });
      },
      ...input,
    },
  );
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= consumer.stop().then(() => void redis.disconnect());
    return stopped;
  };
  endings.push(stop);
  return { consumer, handled, broken, errors, stop, ids: () => handled.flatMap(({ ids }) => ids) };
}

/** What a handler waits for until the test lets it go on; always open at the end of a test. */
function openGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  gates.push(open);
  return { opened, open };
}

const pendingOf = async (shard: string) =>
  Number((await server.redis.xpending(verdictStream(shard), group))[0]);
const until = (read: () => unknown) => expect.poll(read, WAIT);

describe("startShardConsumer", () => {
  test("entries of all shards are handled in order and acknowledged", async () => {
    const expected: string[] = [];
    for (const endpointId of endpointPerShard().values()) {
      for (let n = 0; n < 25; n += 1) {
        expected.push(await append(endpointId, n));
      }
    }
    const { handled, ids } = start({ batchMax: 10 });
    await until(() => ids().length).toBe(expected.length);
    for (const shard of SHARDS) {
      const mine = handled.filter((batch) => batch.shard === shard).flatMap((batch) => batch.ids);
      const rows = await server.redis.xrange(verdictStream(shard), "-", "+");
      expect(mine).toEqual(rows.map(([id]) => label(shard, id)));
      await until(() => pendingOf(shard)).toBe(0);
    }
  });

  test("entries written later are found within the poll interval", async () => {
    const { consumer, ids } = start();
    await until(() => consumer.shards().length).toBe(SHARDS.length);
    const startedAt = performance.now();
    const id = await append(randomUUID());
    await until(ids).toEqual([id]);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(consumer.ageMs()).toBeLessThan(2_000);
  });

  test("what a process took and never acknowledged is handled by the next one, before anything newer", async () => {
    const endpointId = randomUUID();
    const shard = shardOf(endpointId);
    const taken = await append(endpointId, 1);
    await ensureGroup(server.redis, group, shard);
    await server.redis.xreadgroup("GROUP", group, shard, "STREAMS", verdictStream(shard), ">");
    const newer = await append(endpointId, 2);
    const { handled } = start();
    await until(() => handled.map((batch) => batch.ids)).toEqual([[taken], [newer]]);
    await until(() => pendingOf(shard)).toBe(0);
  });

  test("a crash between work and acknowledgement delivers the same entries again, in order", async () => {
    const endpointId = randomUUID();
    const first = await append(endpointId, 1);
    const second = await append(endpointId, 2);
    const worked: string[][] = [];
    const { handled } = start({
      handle: async (shard, _fence, entries) => {
        worked.push(entries.map(({ id }) => label(shard, id)));
        if (worked.length === 1) {
          throw new Error("crashed after the work");
        }
      },
    });
    await until(() => handled.flatMap((batch) => batch.ids)).toEqual([first, second]);
    expect(worked.flat().slice(0, 3)).toEqual([first, second, first]);
  });

  test("an entry that always fails is retried alone and holds up only its own shard, what came before it gets through", async () => {
    const [[shard = "", sick = ""] = [], [, sound = ""] = []] = [...endpointPerShard()];
    const before = await append(sick, 1);
    const poison = await append(sick, 2);
    const after = await append(sick, 3);
    const elsewhere = await append(sound, 4);
    const { ids, errors } = start({
      handle: async (shard, _fence, entries) => {
        if (entries.some(({ id }) => label(shard, id) === poison)) {
          throw new Error("poison");
        }
      },
    });
    await until(() =>
      errors.map(String).some((text) => text.includes(`1 entries of ${shard}, ${poison.split("/")[1]}`)),
    ).toBe(true);
    expect(ids().toSorted()).toEqual([before, elsewhere].toSorted());
    expect(ids()).not.toContain(after);
    expect(await pendingOf(shard)).toBeGreaterThanOrEqual(1);
  });

  test("an entry nobody can parse is told, set aside with its reason, and does not stop the others", async () => {
    const endpointId = randomUUID();
    const shard = shardOf(endpointId);
    const bad = (await server.redis.xadd(verdictStream(shard), "*", "v", "99", "k", "look")) ?? "";
    const good = await append(endpointId);
    const { ids, broken } = start();
    await until(ids).toEqual([good]);
    expect(broken).toEqual([label(shard, bad)]);
    await until(() => pendingOf(shard)).toBe(0);
    const [[, fields] = ["", []]] = await server.redis.xrange(asideStream(shard), "-", "+");
    expect(fields).toEqual(
      expect.arrayContaining(["_id", bad, "_group", group, "_error", "v", "99", "k", "look"]),
    );
  });

  test("two processes share the shards evenly, and when one stops the other has all of them at once", async () => {
    const a = start({ leaseMs: 2_000 });
    await until(() => a.consumer.shards().length).toBe(16);
    const b = start({ leaseMs: 2_000 });
    await until(() => [a.consumer.shards().length, b.consumer.shards().length]).toEqual([8, 8]);
    const startedAt = performance.now();
    await a.stop();
    await until(() => b.consumer.shards().length).toBe(16);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  test("a shard goes to another process only after the batch in hand is done", async () => {
    for (const endpointId of endpointPerShard().values()) {
      await append(endpointId);
    }
    const gate = openGate();
    let begun = 0;
    const a = start({
      handle: () => {
        begun += 1;
        return gate.opened;
      },
    });
    await until(() => begun).toBe(16);
    const b = start();
    await until(() => server.redis.zcard(leaseHoldersKey(group))).toBe(2);
    const owner = (await server.redis.get(shardLeaseKey(group, "s00"))) ?? "";
    const heartbeat = async () => Number(await server.redis.zscore(leaseHoldersKey(group), owner));
    const joinedAtMs = await heartbeat();
    // Lease rounds are 100 ms apart: by then at least one has run that knew of both.
    await until(heartbeat).toBeGreaterThan(joinedAtMs + 300);
    for (const shard of SHARDS) {
      expect(await server.redis.get(shardLeaseKey(group, shard))).toBe(owner);
    }
    gate.open();
    await until(() => [a.consumer.shards().length, b.consumer.shards().length]).toEqual([8, 8]);
    expect(b.ids()).toEqual([]);
  });

  test("two processes coming and going never handle one shard at the same time, and nothing is lost", async () => {
    const busy = new Map<string, number>();
    let overlaps = 0;
    const handle = async (shard: string) => {
      busy.set(shard, (busy.get(shard) ?? 0) + 1);
      overlaps += busy.get(shard) === 1 ? 0 : 1;
      await new Promise(setImmediate);
      await server.redis.ping();
      busy.set(shard, (busy.get(shard) ?? 0) - 1);
    };
    const endpoints = [...endpointPerShard().values()];
    const expected: string[] = [];
    const running = [start({ handle })];
    for (let n = 0; n < 12; n += 1) {
      for (const endpointId of endpoints) {
        expected.push(await append(endpointId, n));
      }
      if (n % 3 === 0) {
        running.push(start({ handle }));
      } else if (n % 3 === 2) {
        await running[running.length - 2]?.stop();
      }
    }
    const all = () => running.flatMap((one) => one.ids());
    await until(() => new Set(all()).size).toBe(expected.length);
    expect(overlaps).toBe(0);
    for (const shard of SHARDS) {
      await until(() => pendingOf(shard)).toBe(0);
    }
  });

  test("a process whose lease is lost in the middle of a batch is stopped by the fence, and its work is done once", async () => {
    const endpointId = randomUUID();
    const shard = shardOf(endpointId);
    const id = await append(endpointId);
    const fences = openFences();
    const committed: string[] = [];
    const gate = openGate();
    let isHolding = false;
    const commit = (shard: string, fence: number, entries: readonly ShardEntry[]) => {
      fences.assert(shard, fence);
      committed.push(...entries.map((entry) => label(shard, entry.id)));
    };
    const slow = start({
      fences,
      handle: async (shard, fence, entries) => {
        isHolding = true;
        await gate.opened;
        commit(shard, fence, entries);
      },
    });
    await until(() => isHolding).toBe(true);
    await server.redis.set(shardLeaseKey(group, shard), "somebody else", "PX", 300);
    const quick = start({ fences, handle: async (shard, fence, entries) => commit(shard, fence, entries) });
    await until(() => committed).toEqual([id]);
    gate.open();
    await until(() => slow.errors.some((err) => String((err as Error).cause).includes("stale fence"))).toBe(
      true,
    );
    expect(committed).toEqual([id]);
    expect([...slow.ids(), ...quick.ids()]).toEqual([id]);
    await until(() => pendingOf(shard)).toBe(0);
  });

  test("a failed batch is tried again under a new fence, so that a stale one heals itself", async () => {
    await append(randomUUID());
    const fences = openFences();
    const tried: number[] = [];
    start({
      fences,
      handle: async (_shard, fence) => {
        tried.push(fence);
        if (tried.length === 1) {
          throw new Error("stale fence");
        }
      },
    });
    await until(() => tried).toEqual([1, 2]);
  });

  test("a fence that cannot be claimed leaves the shard to be taken again", async () => {
    let isDatabaseAway = true;
    const { consumer, errors } = start({
      claimFence: async () => {
        if (isDatabaseAway) {
          throw new Error("database away");
        }
        return 7;
      },
    });
    await until(() => errors.length).toBeGreaterThan(0);
    expect(consumer.shards()).toEqual([]);
    isDatabaseAway = false;
    await until(() => consumer.shards().length).toBe(16);
  });

  test("Redis gone and back: nothing is lost, order is kept", async () => {
    const link = await openFlakyLink(server.url);
    endings.push(link.close);
    const endpointId = randomUUID();
    const expected = [await append(endpointId, 1)];
    const { ids, consumer } = start({ url: link.url });
    await until(ids).toEqual(expected);
    await link.cut();
    expected.push(await append(endpointId, 2), await append(endpointId, 3));
    await until(() => consumer.ageMs()).toBeGreaterThan(300);
    await link.mend();
    await until(() => new Set(ids()).size).toBe(3);
    expect([...new Set(ids())]).toEqual(expected);
    await until(() => pendingOf(shardOf(endpointId))).toBe(0);
  });

  test("Redis coming back empty: groups are made again and what is written then is handled", async () => {
    const { consumer, ids } = start();
    await until(() => consumer.shards().length).toBe(16);
    await server.redis.flushdb();
    const id = await append(randomUUID());
    await until(ids).toEqual([id]);
  });

  test("a stream that vanished by itself is read again from its new beginning", async () => {
    const endpointId = randomUUID();
    const { ids } = start();
    const before = await append(endpointId, 1);
    await until(ids).toEqual([before]);
    await server.redis.del(verdictStream(shardOf(endpointId)));
    const after = await append(endpointId, 2);
    await until(ids).toEqual([before, after]);
  });

  test("stopping waits for the batch in hand and acknowledges it", async () => {
    const endpointId = randomUUID();
    await append(endpointId);
    const gate = openGate();
    let isHolding = false;
    const { stop, ids } = start({
      handle: () => {
        isHolding = true;
        return gate.opened;
      },
    });
    await until(() => isHolding).toBe(true);
    const stopping = stop();
    gate.open();
    await stopping;
    expect(ids()).toHaveLength(1);
    expect(await pendingOf(shardOf(endpointId))).toBe(0);
    expect(await server.redis.exists(shardLeaseKey(group, shardOf(endpointId)))).toBe(0);
  });
});

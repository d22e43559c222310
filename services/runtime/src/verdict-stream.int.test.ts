import { randomUUID } from "node:crypto";
import {
  ARCHIVER_GROUP,
  CONSUMER_GROUPS,
  ROUTER_GROUP,
  shardLeaseKey,
  verdictStream,
} from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appendLook } from "../test/append-look.ts";
import { openTestRedis, type TestRedis } from "../test/redis.ts";
import { ensureGroup, readShard, trimVerdicts } from "./verdict-stream.ts";

const group = ARCHIVER_GROUP;
let server: TestRedis;
beforeEach(async () => {
  server = await openTestRedis();
});
afterEach(() => server.close());

const pendingOf = async (shard: string) =>
  Number((await server.redis.xpending(verdictStream(shard), group))[0]);

describe("readShard", () => {
  test("gives nothing to a process without the lease, and leaves nothing pending", async () => {
    const endpointId = randomUUID();
    const shard = shardOf(endpointId);
    await appendLook(server.redis, endpointId);
    await ensureGroup(server.redis, group, shard);
    await server.redis.set(shardLeaseKey(group, shard), "theirs");
    const read = (token: string) =>
      readShard(server.redis, { group, shard, token, from: "new", countMax: 10 });
    expect(await read("ours")).toBe("not-ours");
    expect(await pendingOf(shard)).toBe(0);
    expect(await read("theirs")).toHaveLength(1);
  });

  test("shows an entry that was deleted while it was pending as gone", async () => {
    const endpointId = randomUUID();
    const shard = shardOf(endpointId);
    const id = await appendLook(server.redis, endpointId);
    await ensureGroup(server.redis, group, shard);
    await server.redis.set(shardLeaseKey(group, shard), "ours");
    const read = (from: "new" | "pending") =>
      readShard(server.redis, { group, shard, token: "ours", from, countMax: 10 });
    await read("new");
    await server.redis.xdel(verdictStream(shard), id);
    expect(await read("pending")).toEqual([{ id, fields: null }]);
  });
});

describe("trimVerdicts", () => {
  const endpointId = randomUUID();
  const shard = shardOf(endpointId);
  const stream = verdictStream(shard);
  const fill = async () => {
    for (let n = 0; n < 250; n += 1) {
      await appendLook(server.redis, endpointId, n);
    }
  };
  const readAll = async (reader: string, count: number) => {
    const reply = (await server.redis.xreadgroup(
      "GROUP",
      reader,
      shard,
      "COUNT",
      count,
      "STREAMS",
      stream,
      ">",
    )) as [string, [string, string[]][]][];
    return reply.flatMap(([, rows]) => rows.map(([id]) => id));
  };

  test("removes what every group acknowledged and nothing that one of them still needs", async () => {
    await fill();
    for (const reader of CONSUMER_GROUPS) {
      await ensureGroup(server.redis, reader, shard);
    }
    const archived = await readAll(ARCHIVER_GROUP, 250);
    await server.redis.xack(stream, ARCHIVER_GROUP, ...archived);
    expect(await trimVerdicts(server.redis, shard)).toBe(0);

    const routed = await readAll(ROUTER_GROUP, 230);
    await server.redis.xack(stream, ROUTER_GROUP, ...routed.filter((_, n) => n !== 210));
    expect(await trimVerdicts(server.redis, shard)).toBeGreaterThanOrEqual(100);
    const left = (await server.redis.xrange(stream, "-", "+")).map(([id]) => id);
    expect(left).toEqual(expect.arrayContaining(archived.slice(210)));
  });

  test("removes nothing while a group has not begun, and a missing stream is no error", async () => {
    expect(await trimVerdicts(server.redis, shard)).toBe(0);
    await fill();
    await ensureGroup(server.redis, ARCHIVER_GROUP, shard);
    await server.redis.xack(stream, ARCHIVER_GROUP, ...(await readAll(ARCHIVER_GROUP, 250)));
    expect(await trimVerdicts(server.redis, shard)).toBe(0);
    expect(await server.redis.xlen(stream)).toBe(250);
  });
});

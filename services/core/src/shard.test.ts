import { expect, test } from "vitest";
import { crc16, SHARDS, shardOf } from "./shard.ts";

test("crc16 gives the check value of the Redis Cluster specification", () => {
  expect(crc16("123456789")).toBe(0x31c3);
});

test("an endpoint always falls in one of the sixteen shards", () => {
  expect(SHARDS).toHaveLength(16);
  expect(SHARDS).toContain(shardOf("5b2b6f0e-7a53-4a0b-9d3e-0f6d0a1b2c3d"));
});

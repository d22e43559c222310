import { randomBytes } from "node:crypto";
import { toolListKey } from "@alivemcp/core/pipeline";
import { toolListBudget } from "@alivemcp/core/tool-list-budget";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestRedis, type TestRedis } from "../test/redis.ts";
import { admitToolList, findToolList, packToolList, TOOL_LIST_LIFE_S } from "./tool-list-store.ts";

const t0 = Date.UTC(2026, 10, 20, 12);
const DAY_MS = 86_400_000;
let store: TestRedis;

beforeAll(async () => {
  store = await openTestRedis();
});
afterAll(() => store?.close());

const hashOf = (n: number) => n.toString(16).padStart(64, "0");
async function offer(endpointId: string, n: number, packed: Buffer, atMs = t0) {
  const admission = await admitToolList(store.redis, { endpointId, fullHash: hashOf(n), packed }, atMs);
  if (admission === "store") {
    await store.redis.set(toolListKey(endpointId, hashOf(n)), packed, "EX", 60);
  }
  return admission;
}

test("an endpoint that makes up a large list for every probe runs out of bytes, and nobody else does", async () => {
  const large = randomBytes(3 * 1024 * 1024);
  const answers = [];
  for (let n = 0; n < 4; n += 1) {
    answers.push(await offer("endpoint-greedy", n, large));
  }
  expect(answers).toEqual(["store", "store", "refused", "refused"]);
  expect(await offer("endpoint-modest", 1, Buffer.alloc(10_000))).toBe("store");
  expect(await offer("endpoint-greedy", 9, large, t0 + DAY_MS)).toBe("store");
});

test("a list that lies there already costs nothing and stays for another day", async () => {
  const packed = await packToolList('[{"name":"echo"}]');
  const answers = [];
  for (let n = 0; n < 3; n += 1) {
    answers.push(await offer("endpoint-steady", 7, packed));
  }
  expect(answers).toEqual(["store", "there", "there"]);
  expect(Number(await store.redis.get(toolListBudget("endpoint-steady", t0).key))).toBe(packed.length);
  expect(await store.redis.ttl(toolListKey("endpoint-steady", hashOf(7)))).toBeGreaterThan(
    TOOL_LIST_LIFE_S - 60,
  );
  const found = await findToolList(store.redis, { endpointId: "endpoint-steady", fullHash: hashOf(7) });
  expect(found).toBe('[{"name":"echo"}]');
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nowKey, probeQueueName, toolListKey } from "@alivemcp/core/pipeline";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { findToolList } from "@alivemcp/runtime/tool-list-store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { legacyEndpoint, TOOLS } from "../../probe/test/servers/endpoints.ts";
import { openStub, type Stub } from "../../probe/test/servers/stub.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { eventually } from "../test/eventually.ts";
import { probeJob } from "../test/probe-job.ts";

let testRedis: TestRedis;
let folder: string;
let stub: Stub;
beforeAll(async () => {
  testRedis = await openTestRedis();
  folder = await mkdtemp(join(tmpdir(), "worker-test-"));
  stub = await openStub(legacyEndpoint());
  const regions = [{ id: "us-east", city: "Ashburn", canaryUrls: [stub.url] }];
  await writeFile(join(folder, "regions.json"), JSON.stringify(regions));
});
afterAll(async () => {
  await stub.close();
  await testRedis.close();
  await rm(folder, { recursive: true });
});

function startMain(over: Record<string, string> = {}) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url))], {
    env: {
      REDIS_URL: testRedis.url,
      METRICS_PORT: "0",
      PROBE_REGIONS: "us-east",
      REGIONS_FILE: join(folder, "regions.json"),
      PROBE_ALLOW_CIDRS: "127.0.0.0/8",
      PUBLIC_URL: "http://status.test",
      ...over,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output };
}

test("the process probes what lies in its queue, reports it with its tool list, and stops with 0 on SIGTERM", async () => {
  const { child, output } = startMain();
  const connection = openQueueConnection(testRedis.url, { name: "test", onError: () => {} });
  const queue = openQueue(connection, probeQueueName("us-east"));
  const job = probeJob("/", { url: stub.url });
  await queue.add("slot", job, { jobId: "one" });
  const { endpointId } = job;
  await eventually(
    () => testRedis.redis.hget(nowKey(endpointId), "raw_state"),
    (state) => state === "up",
  );
  const keys = await testRedis.redis.keys(toolListKey(endpointId, "*"));
  const fullHash = keys[0]?.split(":").at(-1) ?? "";
  expect(JSON.parse((await findToolList(testRedis.redis, { endpointId, fullHash })) ?? "")).toEqual(TOOLS);
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(output()).toContain('"msg":"stopped"');
  await queue.close();
  await connection.quit();
});

test.each([
  { name: "a region the manifest does not have", over: { PROBE_REGIONS: "xx-nowhere" }, says: "xx-nowhere" },
  { name: "a missing address of the status pages", over: { PUBLIC_URL: "" }, says: "PUBLIC_URL is missing" },
])("the process refuses to start with $name, and says so", async ({ over, says }) => {
  const { child, output } = startMain(over);
  const [code] = await once(child, "exit");
  expect(code).not.toBe(0);
  expect(output()).toContain(says);
});

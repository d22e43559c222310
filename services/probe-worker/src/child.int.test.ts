import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { NO_EXPECTATIONS, type ProbeJob } from "@alivemcp/core/pipeline";
import { afterEach, expect, test } from "vitest";
import { legacyEndpoint, modernEndpoint, TOOLS } from "../../probe/test/servers/endpoints.ts";
import { type Answer, openStub, type Stub } from "../../probe/test/servers/stub.ts";
import { openScriptedFleet, type ScriptedFleet } from "../test/open-scripted-fleet.ts";
import { probeJob } from "../test/probe-job.ts";
import { probeOrderOf } from "./region-result.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) {
    await close();
  }
});

function open(allowCidrs: readonly string[] = ["127.0.0.0/8"]): ScriptedFleet {
  const script = new URL("./child.ts", import.meta.url);
  const setup = { allowCidrs, publicUrl: "http://status.test", internalUrl: null };
  const scripted = openScriptedFleet({ childSpec: { script, setup, heapMb: 256, env: {} } });
  closers.push(() => scripted.fleet.stop());
  return scripted;
}
async function serve(answer: Answer): Promise<Stub> {
  const stub = await openStub(answer);
  closers.push(stub.close);
  return stub;
}
function run({ fleet }: ScriptedFleet, url: string, over: Partial<ProbeJob> = {}, onStep?: () => void) {
  const job = probeJob("/", { url, budgetMs: 10_000, hasSecondAttempt: false, ...over });
  const { endpointId, capKey } = job;
  return fleet.run({ endpointId, capKey, order: probeOrderOf(job), handover: null, onStep });
}

test.each([
  { era: "legacy", endpoint: legacyEndpoint() },
  { era: "modern", endpoint: modernEndpoint() },
])(
  "a $era endpoint is probed in a child, step by step, and its new tool list comes along",
  async ({ era, endpoint }) => {
    const stub = await serve(endpoint);
    let steps = 0;
    const outcome = await run(open(), stub.url, {}, () => {
      steps += 1;
    });
    expect(outcome).toMatchObject({ kind: "found", found: { finding: { state: "up", era, toolsCount: 2 } } });
    expect(outcome.kind === "found" && JSON.parse(outcome.found.toolList ?? "")).toEqual(TOOLS);
    expect(steps).toBeGreaterThan(3);
  },
);

test("what the owner of an endpoint expects reaches the child, and what came of it the finding", async () => {
  const stub = await serve((asked, response) =>
    asked.path === "/mcp" ? legacyEndpoint()(asked, response) : void response.writeHead(503).end(),
  );
  const healthUrls = [{ position: 1, url: `${stub.origin}/health`, isStatusChecked: true }];
  const expecting = async (change: Partial<ProbeJob["expectations"]>) => {
    const outcome = await run(open(), stub.url, { expectations: { ...NO_EXPECTATIONS, ...change } });
    return outcome.kind === "found"
      ? `${outcome.found.finding.reason} ${outcome.found.finding.detail}`
      : outcome;
  };
  expect(await expecting({ healthUrls })).toBe("health_url_failed health_url 1: http_503");
  expect(await expecting({ tools: ["deploy"] })).toBe("tools_list_malformed expected_tool_missing: deploy");
  expect(await expecting({ tools: ["add"] })).toBe("null null");
});

test("a child is named to the endpoint, and closes the session it was given", async () => {
  const stub = await serve(legacyEndpoint());
  await run(open(), stub.url);
  expect(stub.asked[0]?.headers["user-agent"]).toMatch(/^AliveMCP\/\S+ \(\+http:\/\/status\.test\/bot\)$/);
  expect(stub.asked.at(-1)?.method).toBe("DELETE");
});

test("an endpoint that hangs ends as a timeout at its budget, and its child lives on", async () => {
  const scripted = open();
  const stub = await serve(() => {});
  const outcome = await run(scripted, stub.url, { budgetMs: 1_000 });
  expect(outcome).toMatchObject({ found: { finding: { state: "down", reason: "timeout" } } });
  expect(scripted.kills).toEqual([]);
});

test("without an opened range a private address is blocked, not probed", async () => {
  const stub = await serve(legacyEndpoint());
  const outcome = await run(open([]), stub.url);
  expect(outcome).toMatchObject({ found: { finding: { state: "down", reason: "target_blocked" } } });
  expect(stub.connections()).toBe(0);
});

test("a self-check passes when any canary answers, and fails when none does", async () => {
  const { fleet } = open();
  const canary = await serve((_asked, response) => response.writeHead(404).end());
  const broken = await serve((_asked, response) => response.writeHead(503).end());
  const nobody = await closedPort();
  expect(await fleet.selfCheck([nobody, canary.url])).toBe(true);
  expect(await fleet.selfCheck([nobody, broken.url])).toBe(false);
});

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

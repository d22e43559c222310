import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { openSync } from "node:fs";
import { devNull } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { legacyEndpoint } from "../../probe/test/servers/endpoints.ts";
import type { Stub } from "../../probe/test/servers/stub.ts";
import { eventually } from "../test/eventually.ts";
import { openGuarded } from "../test/guarded-endpoint.ts";
import {
  type InternalPort,
  openInternalPort,
  REGION_TOKENS,
  ticketFor,
  type VaultEntry,
} from "../test/internal-port.ts";
import { openScriptedFleet, type ScriptedFleet } from "../test/open-scripted-fleet.ts";
import { probeJob } from "../test/probe-job.ts";
import { grantHandover } from "./grant-handover.ts";
import { probeOrderOf } from "./region-result.ts";

const TOKEN = "t0ken-of-a-customer";
const opened: { close(): Promise<void> }[] = [];
let port: InternalPort;
let scripted: ScriptedFleet;
let gate: () => Promise<void>;
beforeEach(async () => {
  gate = () => Promise.resolve();
  port = await openInternalPort(() => gate());
  const spec = {
    script: new URL("./credential-child.ts", import.meta.url),
    setup: { allowCidrs: ["127.0.0.0/8"], publicUrl: "http://status.test", internalUrl: port.url },
    heapMb: 256,
    env: {},
  };
  scripted = openScriptedFleet({ credentialChildSpec: spec });
});
afterEach(async () => {
  scripted.fleet.stop();
  await Promise.all([port, ...opened.splice(0)].map((each) => each.close()));
});

async function guarded(...how: Parameters<typeof openGuarded>): Promise<Stub> {
  const stub = await openGuarded(...how);
  opened.push(stub);
  return stub;
}
interface Probe {
  readonly url: string;
  readonly entry?: VaultEntry;
  readonly capKey?: string;
  readonly jobId?: string;
  readonly delivery?: number;
  readonly endpointId?: string;
}
function run({ url, entry, jobId = randomUUID(), delivery = 1, ...over }: Probe) {
  const job = probeJob("/", { url, budgetMs: 10_000, hasSecondAttempt: false, ...over });
  const config = { INTERNAL_URL: port.url, REGION_TOKENS };
  const grant = grantHandover(
    config,
    { ...job, credentialTicket: ticketFor(job, jobId) },
    { jobId, delivery },
  );
  if (grant.kind !== "granted") {
    throw new Error("no hand-over");
  }
  if (entry !== undefined) {
    port.vault.set(job.endpointId, entry);
  }
  const { endpointId, capKey } = job;
  return scripted.fleet.run({
    endpointId,
    capKey,
    order: probeOrderOf(job),
    handover: grant.handover,
    onStep: undefined,
  });
}
const found = (state: string, reason: string | null, detail: string | null) => ({
  kind: "found",
  found: { finding: { state, reason, detail } },
});

test("a private endpoint is probed with its credential, after it was asked without", async () => {
  const endpoint = await guarded((token) => token === TOKEN);
  const outcome = await run({ url: endpoint.url, entry: { token: TOKEN } });
  expect(outcome).toMatchObject({ ...found("up", null, null), found: { finding: { toolsCount: 2 } } });
  expect(endpoint.asked[0]?.headers.authorization).toBeUndefined();
  expect(endpoint.asked.at(-1)).toMatchObject({
    method: "DELETE",
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(port.asked).toMatchObject([{ dispatch: 1, isRenewal: false }]);
});

test("all probes of one child ask with its one key, and another child has another", async () => {
  const endpoint = await guarded((token) => token === TOKEN);
  const entry = { token: TOKEN };
  await Promise.all([run({ url: endpoint.url, entry }), run({ url: endpoint.url, entry })]);
  process.kill(scripted.fleet.lanes[1]?.pid ?? 0, "SIGKILL");
  await eventually(() => scripted.fleet.lanes.length === 1);
  await run({ url: endpoint.url, entry });
  const [first, second, third] = port.asked.map(({ publicKey }) => publicKey);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test.each<[name: string, entry: VaultEntry, expected: object]>([
  [
    "a credential the endpoint refuses",
    { token: "another" },
    found("auth_walled", "credential_rejected", "credential_rejected"),
  ],
  [
    "one it refuses after its declared end",
    { token: "another", expiresAtMs: 1 },
    found("auth_walled", "credential_rejected", "credential_expired"),
  ],
  [
    "a grant the authorization server refuses",
    { rejected: "invalid_grant" },
    found("auth_walled", "credential_rejected", "invalid_grant"),
  ],
  ["a credential that is gone", { status: 404 }, found("unknown", "probe_error", "credential_gone")],
  [
    "an authorization server that is away",
    { status: 502 },
    found("unknown", "probe_error", "credential_login_unreachable"),
  ],
  [
    "a token that had ended, and has a newer one",
    { token: "old", newerToken: TOKEN },
    found("up", null, null),
  ],
])("%s", async (_name, entry, expected) => {
  const endpoint = await guarded((token) => token === TOKEN);
  expect(await run({ url: endpoint.url, entry })).toMatchObject(expected);
});

test("a token that ends between the handshake and the list is renewed, and the endpoint is up", async () => {
  const endpoint = await guarded(
    (token, { rpc }) => token === "newer" || (token === TOKEN && rpc !== "tools/list"),
  );
  const outcome = await run({ url: endpoint.url, entry: { token: TOKEN, newerToken: "newer" } });
  expect(outcome).toMatchObject({ ...found("up", null, null), found: { finding: { toolsCount: 2 } } });
  expect(port.asked.map(({ isRenewal }) => isRenewal)).toEqual([false, true]);
});

test("with the api away nothing is asked of the endpoint, and the result is ours", async () => {
  const endpoint = await guarded((token) => token === TOKEN);
  await port.close();
  expect(await run({ url: endpoint.url, entry: { token: TOKEN } })).toMatchObject(
    found("unknown", "probe_error", "credential_api_unreachable"),
  );
  expect(endpoint.asked).toEqual([]);
  await port.reopen();
});

describe("a child that dies", () => {
  test("while it waits for the credential: another one asks under the next number, with its own key", async () => {
    const endpoint = await guarded((token) => token === TOKEN);
    let deaths = 0;
    gate = async () => {
      if (deaths === 0) {
        deaths += 1;
        process.kill(scripted.fleet.lanes[1]?.pid ?? 0, "SIGKILL");
      }
    };
    expect(await run({ url: endpoint.url, entry: { token: TOKEN } })).toMatchObject(found("up", null, null));
    const numbers = port.asked.map(({ dispatch }) => dispatch);
    expect(numbers).toEqual([1, 2]);
    expect(port.asked[0]?.publicKey).not.toBe(port.asked[1]?.publicKey);
  });

  test("between the credential and the report: the probe runs again and is reported once", async () => {
    let deaths = 0;
    const endpoint = await guarded(
      (token) => token === TOKEN,
      (asked, response) => {
        if (asked.rpc === "tools/list" && deaths === 0) {
          deaths += 1;
          process.kill(scripted.fleet.lanes[1]?.pid ?? 0, "SIGKILL");
        } else {
          legacyEndpoint()(asked, response);
        }
      },
    );
    expect(await run({ url: endpoint.url, entry: { token: TOKEN } })).toMatchObject(found("up", null, null));
    expect(port.asked.map(({ dispatch }) => dispatch)).toEqual([1, 2]);
    expect(scripted.blamed).toEqual([]);
  });
});

test("the same job delivered twice is opened under two numbers, and both probes come to the same", async () => {
  const endpoint = await guarded((token) => token === TOKEN);
  const job = { url: endpoint.url, entry: { token: TOKEN }, jobId: "twice", endpointId: randomUUID() };
  const outcomes = await Promise.all([run({ ...job, delivery: 1 }), run({ ...job, delivery: 2 })]);
  expect(outcomes).toMatchObject([found("up", null, null), found("up", null, null)]);
  expect(port.asked.map(({ dispatch }) => dispatch).toSorted()).toEqual([1, 6]);
});

test("a number another key already asked under is refused, and the result is ours", async () => {
  const endpoint = await guarded((token) => token === TOKEN);
  const job = { url: endpoint.url, entry: { token: TOKEN }, jobId: "stolen", endpointId: randomUUID() };
  await run(job);
  process.kill(scripted.fleet.lanes[1]?.pid ?? 0, "SIGKILL");
  await eventually(() => scripted.fleet.lanes.length === 1);
  expect(await run(job)).toMatchObject(found("unknown", "probe_error", "credential_key_refused"));
});

test("what a child writes when it breaks does not hold what the error said", async () => {
  const setup = JSON.stringify({ allowCidrs: [], publicUrl: "http://status.test", internalUrl: port.url });
  const child = fork(fileURLToPath(new URL("./credential-child.ts", import.meta.url)), [setup], {
    execArgv: ["--import", new URL("../test/breaks-with-a-secret.ts", import.meta.url).href],
    env: {},
    stdio: ["ignore", "ignore", "pipe", "ipc", openSync(devNull, "w")],
  });
  let written = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    written += text;
  });
  expect(await once(child, "exit")).toEqual([1, null]);
  expect(written).toContain("TypeError");
  expect(written).toContain("breaks-with-a-secret.ts");
  expect(written).not.toContain("s3cret");
});

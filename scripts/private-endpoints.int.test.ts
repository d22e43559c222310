/** Where the api's vault and a worker's credential child meet: the real ones of both, over a real port. */
import type { Server } from "node:http";
import { signCredentialTicket } from "@alivemcp/core/credential-ticket";
import { openHttpServer } from "@alivemcp/runtime/http-server";
import { createAdaptorServer } from "@hono/node-server";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { TEST_TICKET_KEY, testRegionToken } from "../apps/api/test/api-config.ts";
import { type ApiWorld, openApiWorld } from "../apps/api/test/open-api-world.ts";
import type { TestTenant } from "../db/test/tenant.ts";
import type { Stub } from "../services/probe/test/servers/stub.ts";
import { grantHandover } from "../services/probe-worker/src/grant-handover.ts";
import { probeOrderOf } from "../services/probe-worker/src/region-result.ts";
import { openGuarded } from "../services/probe-worker/test/guarded-endpoint.ts";
import { openScriptedFleet, type ScriptedFleet } from "../services/probe-worker/test/open-scripted-fleet.ts";
import { probeJob } from "../services/probe-worker/test/probe-job.ts";

const TOKEN = "t0ken-of-a-private-endpoint";
const REGION = "us-east";
let world: ApiWorld;
let tenant: TestTenant;
let endpoint: Stub;
let internalUrl: string;
let scripted: ScriptedFleet;
let closePort: () => Promise<void>;

beforeAll(async () => {
  world = await openApiWorld({ PROBE_ALLOW_CIDRS: "127.0.0.0/8" });
  endpoint = await openGuarded((token) => token === TOKEN);
  const http = await openHttpServer({
    createServer: () => createAdaptorServer({ fetch: world.app.fetch }) as Server,
    hosts: ["127.0.0.1"],
    port: 0,
  });
  closePort = http.close;
  internalUrl = `http://127.0.0.1:${http.ports[0]}`;
  const script = new URL("../services/probe-worker/src/credential-child.ts", import.meta.url);
  const setup = { allowCidrs: ["127.0.0.0/8"], publicUrl: "http://status.test", internalUrl };
  scripted = openScriptedFleet({ credentialChildSpec: { script, setup, heapMb: 256, env: {} } });
});
beforeEach(async () => {
  tenant = await world.addTenant();
});
afterAll(async () => {
  scripted?.fleet.stop();
  await closePort?.();
  await Promise.all([world?.close(), endpoint?.close()]);
});

/** One probe of this endpoint as a worker's, with the ticket that the scheduler would have signed for this version. */
async function probe(endpointId: string, version: number, of = tenant) {
  const jobId = `${endpointId}-${Date.now()}`;
  const credentialTicket = signCredentialTicket(TEST_TICKET_KEY, {
    endpointId,
    tenantId: of.id,
    credentialVersion: version,
    region: REGION,
    jobId,
    expiresAtMs: Date.now() + 60_000,
  });
  const job = probeJob("/", { endpointId, credentialTicket, url: endpoint.url, capKey: `tenant:${of.id}` });
  const config = { INTERNAL_URL: internalUrl, REGION_TOKENS: new Map([[REGION, testRegionToken(REGION)]]) };
  const grant = grantHandover(config, job, { jobId, delivery: 1 });
  const handover = grant.kind === "granted" ? grant.handover : null;
  const { capKey } = job;
  const outcome = await scripted.fleet.run({
    endpointId,
    capKey,
    order: probeOrderOf(job),
    handover,
    onStep: undefined,
  });
  if (outcome.kind !== "found") {
    return outcome.kind;
  }
  const { state, reason, detail } = outcome.found.finding;
  return `${state} ${reason} ${detail}`;
}
const store = (endpointId: string, token: string) => world.put(tenant, endpointId, { kind: "bearer", token });

test("a stored credential opens the endpoint, a replaced or deleted one no longer comes out", async () => {
  const endpointId = await world.addEndpoint(tenant, { url: endpoint.url });
  expect((await store(endpointId, TOKEN)).status).toBe(200);
  expect(await probe(endpointId, 1)).toBe("up null null");
  expect((await store(endpointId, "not-the-token")).status).toBe(200);
  expect(await probe(endpointId, 1)).toBe("unknown probe_error credential_gone");
  expect(await probe(endpointId, 2)).toBe("auth_walled credential_rejected credential_rejected");
  await world.remove(tenant, endpointId);
  expect(await probe(endpointId, 2)).toBe("unknown probe_error credential_gone");
});

test("custom headers go as they were entered", async () => {
  const endpointId = await world.addEndpoint(tenant, { url: endpoint.url });
  const headers = [
    { name: "Authorization", value: `Bearer ${TOKEN}` },
    { name: "X-Workspace", value: "blue" },
  ];
  expect((await world.put(tenant, endpointId, { kind: "headers", headers })).status).toBe(200);
  expect(await probe(endpointId, 1)).toBe("up null null");
  expect(endpoint.asked.at(-1)?.headers["x-workspace"]).toBe("blue");
});

test("a ticket over another tenant's endpoint opens nothing", async () => {
  const endpointId = await world.addEndpoint(tenant, { url: endpoint.url });
  await store(endpointId, TOKEN);
  const other = await world.addTenant();
  expect(await probe(endpointId, 1, other)).toBe("unknown probe_error credential_gone");
});

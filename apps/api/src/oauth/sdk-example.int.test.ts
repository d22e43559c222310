/** Connect against the OAuth example server of the MCP SDK: what a server author gets who follows the documentation. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiWorld, openApiWorld } from "../../test/open-api-world.ts";

const EXAMPLE = fileURLToPath(
  new URL(
    "./examples/server/simpleStreamableHttp.js",
    import.meta.resolve("@modelcontextprotocol/sdk/client/index.js").replace("/client/", "/"),
  ),
);
let world: ApiWorld;
let child: ChildProcess;
let endpointUrl = "";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

beforeAll(async () => {
  world = await openApiWorld({ PROBE_ALLOW_CIDRS: "127.0.0.0/8,::1/128" });
  const [port, authPort] = [await freePort(), await freePort()];
  endpointUrl = `http://localhost:${port}/mcp`;
  child = spawn(process.execPath, [EXAMPLE, "--oauth", "--oauth-strict"], {
    env: { MCP_PORT: String(port), MCP_AUTH_PORT: String(authPort) },
    stdio: "ignore",
  });
  const deadlineMs = performance.now() + 15_000;
  while ((await statusOf({})) === null && performance.now() < deadlineMs) {
    await pause(50);
  }
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await world?.close();
});

/** Null while nobody listens. */
const statusOf = (headers: Record<string, string>): Promise<number | null> =>
  fetch(endpointUrl, {
    method: "POST",
    headers: {
      ...headers,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
    }),
  }).then(
    ({ status }) => status,
    () => null,
  );

test("we register, log in with PKCE and resource, and what a worker is handed opens the endpoint", async () => {
  const tenant = await world.addTenant();
  const endpoint = await world.addEndpoint(tenant, { url: endpointUrl });
  const started = await world.startConnect(tenant, endpoint);
  expect(started).toMatchObject({ status: 200 });
  const login = await fetch(String(started.body.authorizationUrl), { redirect: "manual" });
  const parameters = Object.fromEntries(new URL(login.headers.get("location") ?? "").searchParams);
  expect(await world.finishConnect(tenant, parameters)).toMatchObject({ status: 200 });
  const { headers } = await world.open(tenant, endpoint);
  expect(await statusOf({})).toBe(401);
  expect(await statusOf(headers ?? {})).toBe(200);
  // The example gives no refresh token, so its hour is all there is.
  expect((await world.describe(tenant, endpoint)).body).toMatchObject({
    credential: { kind: "connect", expirySource: "token", expiry: { kind: "expiring" } },
  });
});

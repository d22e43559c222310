/** Against a receiver that keeps the contract of the api's internal port. */
import { createServer, type Server } from "node:http";
import { CALLER_HEADER, internalCallerSchema } from "@alivemcp/core/internal-port";
import { openHttpServer } from "@alivemcp/runtime/http-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createVaultClient, type VaultClient } from "./vault-client.ts";

const TOKEN = "i".repeat(40);
const caller = {
  tenantId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11",
  userId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e12",
  sessionId: "session-1",
  requestId: null,
  address: null,
};
let answer: { status: number; body: string } = { status: 200, body: "{}" };
const seen: { method: string; path: string; caller: unknown; body: string }[] = [];
let url = "";
let close = async () => {};
let client: VaultClient;

beforeAll(async () => {
  const createReceiver = (): Server =>
    createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        const header = Buffer.from(String(request.headers[CALLER_HEADER] ?? ""), "base64url").toString();
        const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
        seen.push({
          method: String(request.method),
          path: String(request.url),
          caller: header === "" ? null : internalCallerSchema.parse(JSON.parse(header)),
          body,
        });
        const { status, body: text } = isKnown
          ? answer
          : { status: 401, body: '{"code":"unauthenticated","detail":"x"}' };
        response.writeHead(status, { "content-type": "application/json" }).end(text);
      });
    });
  const http = await openHttpServer({ createServer: createReceiver, hosts: ["127.0.0.1"], port: 0 });
  url = `http://127.0.0.1:${http.ports[0]}`;
  close = http.close;
  client = createVaultClient({ INTERNAL_URL: url, INTERNAL_TOKEN: TOKEN });
});
afterAll(() => close());

const store = (by: VaultClient = client) =>
  by.store(caller, "my slug", { kind: "bearer", token: "t", expiresAtMs: null });

test("says who asks and what to store", async () => {
  answer = { status: 200, body: '{"isProbeRequested":true,"credential":{}}' };
  expect(await store()).toEqual({ isProbeRequested: true });
  expect(seen.at(-1)).toEqual({
    method: "PUT",
    path: "/internal/endpoints/my%20slug/credential",
    caller,
    body: '{"kind":"bearer","token":"t","expiresAtMs":null}',
  });
});

test("ends Connect for the person, whose workspace the api knows", async () => {
  const done = { tenantId: caller.tenantId, endpointId: caller.userId, endpointSlug: "s" };
  answer = { status: 200, body: JSON.stringify(done) };
  const finish = {
    userId: caller.userId,
    sessionId: "session-1",
    requestId: null,
    address: null,
    parameters: { code: "c" },
  };
  expect(await client.finishConnect(finish)).toEqual(done);
  expect(seen.at(-1)).toMatchObject({ method: "POST", path: "/internal/connect/finish", caller: null });
});

test("passes a refusal on with its sentence and field", async () => {
  answer = {
    status: 402,
    body: '{"code":"limit_reached","detail":"The plan allows 2.","field":"visibility"}',
  };
  await expect(store()).rejects.toMatchObject({
    code: "limit_reached",
    public: "The plan allows 2.",
    field: "visibility",
  });
});

test.each<[string, { status: number; body: string }]>([
  ["fails", { status: 500, body: '{"code":"internal","detail":"Please try again."}' }],
  ["answers with no JSON", { status: 200, body: "<html>" }],
  ["answers something else", { status: 200, body: "{}" }],
  ["leads to a page that is none of ours", { status: 302, body: "" }],
])("says that nothing was stored when the port %s", async (_name, given) => {
  answer = given;
  await expect(store()).rejects.toMatchObject({
    code: "upstream",
    public: expect.stringContaining("Nothing was stored"),
  });
});

test("says the same when the port does not take our token, or nobody listens", async () => {
  const wrong = createVaultClient({ INTERNAL_URL: url, INTERNAL_TOKEN: "w".repeat(40) });
  await expect(store(wrong)).rejects.toMatchObject({ code: "upstream" });
  const nobody = createVaultClient({ INTERNAL_URL: "http://127.0.0.1:9", INTERNAL_TOKEN: TOKEN });
  await expect(store(nobody)).rejects.toMatchObject({ code: "upstream" });
});

test("takes no authorization URL that is not http", async () => {
  answer = { status: 200, body: '{"authorizationUrl":"javascript:alert(1)"}' };
  await expect(
    client.startConnect(caller, "s", { clientId: null, clientSecret: null, scope: null }),
  ).rejects.toMatchObject({
    code: "upstream",
  });
});

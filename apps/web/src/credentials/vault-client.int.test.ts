/** Against a receiver that keeps the contract of the api's internal port. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openTestInternalPort,
  TEST_CALLER,
  type TestInternalPort,
} from "../../test/open-test-internal-port.ts";
import { createVaultClient, type VaultClient } from "./vault-client.ts";

const caller = TEST_CALLER;
let port: TestInternalPort;
let client: VaultClient;
beforeAll(async () => {
  port = await openTestInternalPort();
  client = createVaultClient(port.config);
});
afterAll(() => port.close());

const store = (by: VaultClient = client) =>
  by.store(caller, "my slug", { kind: "bearer", token: "t", expiresAtMs: null });

test("says who asks and what to store", async () => {
  port.answer = { status: 200, body: '{"isProbeRequested":true,"credential":{}}' };
  expect(await store()).toEqual({ isProbeRequested: true });
  expect(port.seen.at(-1)).toEqual({
    method: "PUT",
    path: "/internal/endpoints/my%20slug/credential",
    caller,
    body: '{"kind":"bearer","token":"t","expiresAtMs":null}',
  });
});

test("ends Connect for the person, whose workspace the api knows", async () => {
  const done = { tenantId: caller.tenantId, endpointId: caller.userId, endpointSlug: "s" };
  port.answer = { status: 200, body: JSON.stringify(done) };
  const finish = {
    userId: caller.userId,
    sessionId: "session-1",
    requestId: null,
    address: null,
    parameters: { code: "c" },
  };
  expect(await client.finishConnect(finish)).toEqual(done);
  expect(port.seen.at(-1)).toMatchObject({ method: "POST", path: "/internal/connect/finish", caller: null });
});

test("passes a refusal on with its sentence and field", async () => {
  port.answer = {
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
  port.answer = given;
  await expect(store()).rejects.toMatchObject({
    code: "upstream",
    public: expect.stringContaining("Nothing was stored"),
  });
});

test("says the same when the port does not take our token, or nobody listens", async () => {
  const wrong = createVaultClient({ ...port.config, INTERNAL_TOKEN: "w".repeat(40) });
  await expect(store(wrong)).rejects.toMatchObject({ code: "upstream" });
  const nobody = createVaultClient({ ...port.config, INTERNAL_URL: "http://127.0.0.1:9" });
  await expect(store(nobody)).rejects.toMatchObject({ code: "upstream" });
});

test("takes no authorization URL that is not http", async () => {
  port.answer = { status: 200, body: '{"authorizationUrl":"javascript:alert(1)"}' };
  await expect(
    client.startConnect(caller, "s", { clientId: null, clientSecret: null, scope: null }),
  ).rejects.toMatchObject({
    code: "upstream",
  });
});

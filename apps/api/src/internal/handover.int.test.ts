import { randomUUID } from "node:crypto";
import {
  HANDOVER_PATH,
  handoverAnswerSchema,
  openedCredentialSchema,
} from "@alivemcp/core/credential-handover";
import { type CredentialTicketClaims, signCredentialTicket } from "@alivemcp/core/credential-ticket";
import { findTenant } from "@alivemcp/db/queries/tenants";
import { withTenant } from "@alivemcp/db/tenant-scope";
import { makeBoxKeys, openBox } from "@alivemcp/runtime/sealed-box";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { openTestRedis, type TestRedis } from "../../../../services/runtime/test/redis.ts";
import { addTestEndpoint } from "../../test/add-endpoint.ts";
import { apiConfig, TEST_TICKET_KEY, testRegionToken } from "../../test/api-config.ts";
import { keepCredential } from "../credentials/keep-credential.ts";
import type { StoredCredential } from "../credentials/stored-credential.ts";
import { createDeps, type Deps } from "../deps.ts";
import { buildInternalApp } from "./internal-app.ts";

const ORIGIN = "https://mcp.example.com";
const TOKEN = "s3cret-token-of-the-endpoint";
let database: TestDatabase;
let redis: TestRedis;
let deps: Deps;
let nowMs = Date.now();
let app: ReturnType<typeof buildInternalApp>;
let tenant: TestTenant;
const keys = makeBoxKeys();

beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  const opened = await createDeps(apiConfig({ databaseUrl: database.url("app"), redisUrl: redis.url }));
  deps = { ...opened, clock: { nowMs: () => nowMs } };
  app = buildInternalApp(deps);
  tenant = await addTestTenant(database);
});
afterAll(async () => {
  await deps?.close();
  await Promise.all([database?.close(), redis?.close()]);
});

async function store(endpointId: string, stored: StoredCredential, of = tenant): Promise<number> {
  const caller = {
    scope: of.scope,
    actor: { kind: "member", userId: of.ownerId, role: "owner" },
    requestId: null,
    address: null,
  } as const;
  return withTenant(of.scope, deps.pool, async (tx) => {
    const row = await findTenant(of.scope, tx);
    if (row === null) {
      throw new Error("the tenant exists");
    }
    const kept = { endpoint: { id: endpointId, url: `${ORIGIN}/mcp` }, stored, hints: {}, expiry: null };
    return (await keepCredential(deps, caller, { tx, tenant: row }, kept)).version;
  });
}

interface Ask {
  readonly claims?: Partial<CredentialTicketClaims>;
  readonly ticket?: string;
  readonly body?: Record<string, unknown>;
  readonly token?: string | null;
}

/** A dispatch of a fresh job of a fresh endpoint with a bearer token, asked for as its region would. */
async function openJob() {
  const endpointId = await addTestEndpoint(database, tenant);
  const credentialVersion = await store(endpointId, { kind: "bearer", token: TOKEN });
  const jobId = `${endpointId}-${nowMs}`;
  const claims = {
    endpointId,
    tenantId: tenant.id,
    credentialVersion,
    region: "us-east",
    jobId,
    expiresAtMs: nowMs + 300_000,
  };
  const ask = async (change: Ask = {}) => {
    const ticket = change.ticket ?? signCredentialTicket(TEST_TICKET_KEY, { ...claims, ...change.claims });
    const token = change.token === undefined ? testRegionToken("us-east") : change.token;
    const body = {
      v: 1,
      ticket,
      region: "us-east",
      jobId,
      dispatch: 1,
      origin: ORIGIN,
      publicKey: keys.publicKey,
    };
    const response = await app.request(HANDOVER_PATH, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ ...body, ...change.body }),
    });
    return { status: response.status, text: await response.text() };
  };
  const binding = { region: "us-east", jobId, dispatch: 1, endpointId };
  return { endpointId, claims, ask, binding };
}

const opened = (text: string, binding: Parameters<typeof openBox>[2], by = keys) => {
  const answer = handoverAnswerSchema.parse(JSON.parse(text));
  const plaintext = answer.kind === "sealed" ? openBox(by, answer, binding) : null;
  return plaintext && openedCredentialSchema.parse(JSON.parse(plaintext.toString()));
};

describe("a credential child that shows its region's token and the job's ticket", () => {
  test("gets the credential as the headers to send, sealed to its own key and to this dispatch", async () => {
    const { ask, binding } = await openJob();
    const { status, text } = await ask();
    expect(status).toBe(200);
    expect(opened(text, binding)).toEqual({
      v: 1,
      headers: [{ name: "Authorization", value: `Bearer ${TOKEN}` }],
      expiresAtMs: null,
    });
    expect(text).not.toContain(TOKEN);
    expect(opened(text, binding, makeBoxKeys())).toBeNull();
    expect(opened(text, { ...binding, dispatch: 2 })).toBeNull();
  });

  test("gets the same sealed answer when it repeats within a minute, and none after", async () => {
    const { ask } = await openJob();
    const first = await ask();
    nowMs += 60_000;
    expect(await ask()).toEqual(first);
    nowMs += 1;
    expect((await ask()).status).toBe(409);
  });

  test("gets one answer for ten repeats at once", async () => {
    const { ask, binding } = await openJob();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(opened(answers[0]?.text ?? "", binding)).not.toBeNull();
  });

  test("is told apart from another key for the same dispatch, which gets nothing; the next dispatch is its own", async () => {
    const { ask } = await openJob();
    await ask();
    const publicKey = makeBoxKeys().publicKey;
    const { status, text } = await ask({ body: { publicKey } });
    expect({ status, ...JSON.parse(text) }).toMatchObject({ status: 409, code: "conflict" });
    expect((await ask({ body: { publicKey, dispatch: 2 } })).status).toBe(200);
  });

  test("may ask once more after the endpoint refused what it got", async () => {
    const { ask, binding } = await openJob();
    await ask();
    const { status, text } = await ask({ body: { isRenewal: true } });
    expect(status).toBe(200);
    expect(opened(text, binding)?.headers).toHaveLength(1);
  });
});

describe("a request that opens nothing", () => {
  test.each<[string, Ask, number]>([
    ["without a token", { token: null }, 401],
    ["with a token nobody has", { token: "x".repeat(40) }, 401],
    ["with another region's token", { token: testRegionToken("eu-west") }, 401],
    [
      "of another region with that region's token and this ticket",
      { token: testRegionToken("eu-west"), body: { region: "eu-west" } },
      403,
    ],
    ["for another job", { body: { jobId: "another-job" } }, 403],
    [
      "with a ticket that another key signed",
      { ticket: signCredentialTicket("f".repeat(40), ticketClaims()) },
      403,
    ],
    ["with a ticket that expired", { claims: { expiresAtMs: nowMs - 1 } }, 403],
    ["with no ticket but words", { ticket: "let me in" }, 403],
    ["for an endpoint that is not there", { claims: { endpointId: randomUUID() } }, 404],
    ["for the endpoint of another tenant", { claims: { tenantId: randomUUID() } }, 404],
    ["for a version that was replaced", { claims: { credentialVersion: 99 } }, 404],
    ["to send it to another host", { body: { origin: "https://evil.example" } }, 403],
    ["to send it unencrypted", { body: { origin: "http://mcp.example.com" } }, 403],
    ["with a key of small order", { body: { publicKey: Buffer.alloc(32).toString("base64url") } }, 400],
    ["with a key that is none", { body: { publicKey: "abc" } }, 400],
    ["with dispatch 0", { body: { dispatch: 0 } }, 400],
    ["of another version of the contract", { body: { v: 2 } }, 400],
  ])("%s is refused as problem+json without the credential", async (_name, change, status) => {
    const { ask } = await openJob();
    const answer = await ask(change);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ status });
    expect(answer.text).not.toContain(TOKEN);
  });

  test("is also one made before the credential was replaced", async () => {
    const { ask, endpointId } = await openJob();
    await store(endpointId, { kind: "bearer", token: "another-token-entirely" });
    expect((await ask()).status).toBe(404);
  });

  test("is any while Redis cannot say whether the dispatch was opened before", async () => {
    const { ask } = await openJob();
    const broken = {
      ...deps,
      redis: { set: () => Promise.reject(new Error("away")) } as unknown as Deps["redis"],
    };
    app = buildInternalApp(broken);
    try {
      expect((await ask()).status).toBe(500);
    } finally {
      app = buildInternalApp(deps);
    }
  });
});

function ticketClaims(): CredentialTicketClaims {
  return {
    endpointId: randomUUID(),
    tenantId: randomUUID(),
    credentialVersion: 1,
    region: "us-east",
    jobId: "j",
    expiresAtMs: nowMs + 1_000,
  };
}

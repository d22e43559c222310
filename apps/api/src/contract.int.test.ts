/**
 * Every documented answer of every route is produced here, and each is as documented. A new operation fails this file
 * until it has a sample request; a new status, until something here produces it.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SCOPES, type Scope } from "@alivemcp/core/permissions";
import { PLANS } from "@alivemcp/core/plans";
import { PUBLIC_TENANT_ID } from "@alivemcp/db/seed";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_OPERATOR_KEY } from "../test/api-config.ts";
import type { DocumentedOperation } from "../test/contract-book.ts";
import { openTestApi, type TestApi } from "../test/open-test-api.ts";
import { addBelongings, type Belongings, SAMPLES, type SampleRequest } from "../test/operations.ts";
import { buildApp } from "./app.ts";

let api: TestApi;
let mine: Belongings;
let document: Record<string, unknown>;
beforeAll(async () => {
  api = await openTestApi();
  mine = await addBelongings(api);
  document = (await api.send(null, "GET", "/openapi.json")).body;
});
afterAll(() => api.close());

const scopesOf = ({ operation }: DocumentedOperation): readonly string[] =>
  operation.security?.flatMap((needed) => needed.apiKey ?? []) ?? [];
const isOperators = ({ operation }: DocumentedOperation) =>
  operation.security?.some((needed) => "operatorKey" in needed) ?? false;
const isWrite = ({ method }: DocumentedOperation) => method !== "GET";
const sampleOf = (operation: DocumentedOperation, of: Belongings): SampleRequest => {
  const sample = SAMPLES[operation.operationId];
  if (sample === undefined) {
    throw new Error(`${operation.operationId} has no sample request in test/operations.ts`);
  }
  return sample(of);
};
/** Sends the sample of an operation and says how it was answered. */
async function sendSample(
  operation: DocumentedOperation,
  of: Belongings,
  key: string | null,
  more: { headers?: Record<string, string>; body?: unknown; query?: string } = {},
) {
  const { path, body } = sampleOf(operation, of);
  const query = more.query === undefined ? "" : `${path.includes("?") ? "&" : "?"}${more.query}`;
  return api.send(key, operation.method, path + query, {
    ...(body === undefined && more.body === undefined ? {} : { body: more.body ?? body }),
    ...(more.headers === undefined ? {} : { headers: more.headers }),
  });
}
const keyFor = (operation: DocumentedOperation, of: Belongings) =>
  isOperators(operation) ? TEST_OPERATOR_KEY : of.key;
/** The answers to all operations that are picked, by name. */
async function walk(
  pick: (operation: DocumentedOperation) => boolean,
  send: (operation: DocumentedOperation) => Promise<{ status: number }>,
): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (const operation of api.contract.operations.filter(pick)) {
    answers[operation.operationId] = (await send(operation)).status;
  }
  return answers;
}
const forgetBadKeys = () => api.redis.redis.del("limit:bad-key:unknown");
const allOf = (answers: Record<string, number>, status: number) =>
  Object.fromEntries(Object.keys(answers).map((name) => [name, status]));

test("the document is valid OpenAPI 3.1, and every operation has a name, a summary, a tag and a sample", async () => {
  const outcome = await new Validator().validate(structuredClone(document));
  expect(outcome).toMatchObject({ valid: true });
  const names = api.contract.operations.map(({ operationId }) => operationId);
  expect(names.toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
  for (const { operation } of api.contract.operations) {
    expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
  }
});

describe("every route", () => {
  test("answers its sample request as documented", async () => {
    const outcomes: Record<string, number> = {};
    for (const operation of api.contract.operations) {
      const fresh = isWrite(operation) ? await addBelongings(api) : mine;
      if (operation.operationId === "describeCredential") {
        await api.send(fresh.key, "PUT", `/v1/endpoints/${fresh.endpoint}/credential`, {
          body: { kind: "bearer", token: "sample-token-0123456789" },
        });
      }
      const { status } = await sendSample(operation, fresh, keyFor(operation, fresh));
      outcomes[operation.operationId] = status;
    }
    const wrong = Object.entries(outcomes).filter(([, status]) => status < 200 || status > 299);
    expect(wrong).toEqual([]);
  });

  test("refuses who sends no key, and tells nothing", async () => {
    const answers = await walk(
      () => true,
      async (operation) => {
        await forgetBadKeys();
        return sendSample(operation, mine, null);
      },
    );
    expect(answers).toEqual(allOf(answers, 401));
  });

  test("refuses a key without its scope, and an operators' one every key of a workspace", async () => {
    const others = new Map<string, string>();
    const answers = await walk(
      (operation) => scopesOf(operation).length > 0 || isOperators(operation),
      async (operation) => {
        const lacking = SCOPES.filter((scope) => !scopesOf(operation).includes(scope));
        const name = lacking.join(" ");
        const key = others.get(name) ?? (await api.addKey(mine.tenant, lacking as Scope[]));
        others.set(name, key);
        return sendSample(operation, mine, key);
      },
    );
    expect(answers).toEqual(allOf(answers, 403));
  });

  test("that names something answers 404 to another workspace and to who guesses", async () => {
    const stranger = await addBelongings(api);
    const named = (operation: DocumentedOperation) =>
      operation.path.includes("{") && !isOperators(operation) && !operation.path.startsWith("/v1/follows");
    const foreign = await walk(named, (operation) => sendSample(operation, mine, stranger.key));
    expect(foreign).toEqual(allOf(foreign, 404));
    const guess = (operation: DocumentedOperation, word: string) => {
      const { body } = sampleOf(operation, mine);
      const path = operation.path.replaceAll(/\{[^}]+\}/g, word);
      return api.send(keyFor(operation, mine), operation.method, path, body === undefined ? {} : { body });
    };
    for (const word of [
      "00000000-0000-4000-8000-00000000abcd",
      "%00",
      "nobody",
      "%F0%9F%92%A9",
      "x".repeat(300),
    ]) {
      const guessed = await walk(
        ({ path }) => path.includes("{"),
        (operation) => guess(operation, word),
      );
      expect(guessed, word).toEqual(allOf(guessed, 404));
    }
  });

  test("that takes a body refuses an unknown field and names it, so nothing is assigned that was not meant", async () => {
    for (const field of ["tenant_id", "id", "__proto__x", "is_admin"]) {
      const answers = await walk(
        ({ operation }) => operation.requestBody !== undefined,
        async (operation) => {
          const body = { ...(sampleOf(operation, mine).body as object), [field]: "x" };
          const sent = await sendSample(operation, mine, keyFor(operation, mine), { body });
          expect(sent.body, operation.operationId).toMatchObject({ field });
          return sent;
        },
      );
      expect(answers).toEqual(allOf(answers, 400));
    }
  });

  test("that takes a query refuses an unknown parameter and a cursor that is not its own", async () => {
    const hasQuery = ({ operation }: DocumentedOperation) =>
      operation.parameters?.some((parameter) => parameter.in === "query") ?? false;
    for (const query of ["colour=red", "cursor=bm9wZQ", "limit=0", "limit=101", "limit=1.5"]) {
      const answers = await walk(hasQuery, (operation) =>
        sendSample(operation, mine, keyFor(operation, mine), { query }),
      );
      expect(answers, query).toEqual(allOf(answers, 400));
    }
  });

  test("that writes refuses an Idempotency-Key that was used for something else", async () => {
    const fresh = await addBelongings(api);
    const headers = { "idempotency-key": "used-before" };
    const first = await api.send(fresh.key, "PATCH", "/v1/workspace", { headers, body: { name: "First" } });
    expect(first.status).toBe(200);
    await api.send(TEST_OPERATOR_KEY, "POST", "/v1/operator/opt-outs", {
      headers,
      body: { target: "used-before.example.com" },
    });
    const answers = await walk(isWrite, (operation) =>
      sendSample(operation, fresh, keyFor(operation, fresh), { headers }),
    );
    expect(answers).toEqual(allOf(answers, 409));
  });

  test("refuses a workspace whose requests of the minute are spent", async () => {
    const spent = await addBelongings(api);
    await api.redis.redis.set(
      `limit:api:tenant:${spent.tenant.id}`,
      PLANS.team.apiRequestsPerMinuteMax,
      "EX",
      60,
    );
    const answers = await walk(
      (operation) => !isOperators(operation),
      async (operation) => {
        const sent = await sendSample(operation, spent, spent.key);
        expect(Number(sent.headers.get("retry-after"))).toBeGreaterThan(0);
        expect(sent.headers.get("ratelimit")).toMatch(/^"per-tenant";r=0;t=\d+$/);
        return sent;
      },
    );
    expect(answers).toEqual(allOf(answers, 429));
  });
});

/** The same over another copy of the API, with parts of it broken. */
async function walkBroken(
  broken: Partial<TestApi["deps"]>,
  of: Belongings,
  pick: (operation: DocumentedOperation) => boolean,
  keyOf = keyFor,
) {
  const app = buildApp({ ...api.deps, ...broken }, { isReady: async () => true });
  return walk(pick, async (operation) => {
    const { path, body } = sampleOf(operation, of);
    const response = await app.request(path, {
      method: operation.method,
      headers: { authorization: `Bearer ${keyOf(operation, of)}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    api.contract.note({ method: operation.method, path, response, body: await response.clone().json() });
    return response;
  });
}

test("an address that sends too many bad keys is told to wait, with whatever bad key; a good key passes", async () => {
  await api.redis.redis.set("limit:bad-key:unknown", 100, "EX", 60);
  const spoiled = (operation: DocumentedOperation, of: Belongings) => `${keyFor(operation, of)}x`;
  const answers = await walkBroken({}, mine, isOperators, spoiled);
  expect(answers).toEqual(allOf(answers, 429));
  const good = await walkBroken({}, mine, ({ operationId }) => operationId === "whoAmI");
  expect(good).toEqual({ whoAmI: 200 });
  await forgetBadKeys();
});

/** A Redis that was lost: no command of it works. */
const redisGone = () => ({ ...api.deps.redis, status: "reconnecting" }) as never;

describe("when something is down", () => {
  test("every route says that it is our fault when Postgres is gone, and nothing of how", async () => {
    const gone = {
      connect: () => Promise.reject(new Error("secret host")),
      query: () => Promise.reject(new Error("secret host")),
    };
    const broken = { pool: gone as never, operatorPool: gone as never, redis: redisGone() };
    const answers = await walkBroken(broken, mine, () => true);
    expect(answers).toEqual(allOf(answers, 500));
  });

  test("every route refuses who does not pay while Redis cannot count, and lets who pays through", async () => {
    const redis = redisGone();
    const free = await addBelongings(api, "public");
    const answers = await walkBroken({ redis }, free, (operation) => !isOperators(operation));
    expect(answers).toEqual(allOf(answers, 502));
    const paying = await walkBroken({ redis }, mine, ({ operationId }) => operationId === "getWorkspace");
    expect(paying).toEqual({ getWorkspace: 200 });
  });
});

/** Claims an endpoint of the board, whose proof is where it should be. */
async function claimWithProof(of: Belongings): Promise<number> {
  let proof = "";
  const server = createServer((_request, response) => response.end(proof));
  server.listen(0, "127.0.77.9");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const slug = `board-${port}`;
  await api.database.pool("super").query(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class)
     VALUES ($1, $2, $2, $3, $3, '127.0.77.9', '127.0.77.9', 'public', 'unclaimed', 'public')`,
    [PUBLIC_TENANT_ID, slug, `http://127.0.77.9:${port}/mcp`],
  );
  proof = (await api.send(of.key, "GET", `/v1/claims/${slug}`)).body.proof;
  const { status } = await api.send(of.key, "POST", `/v1/claims/${slug}`);
  server.close();
  server.closeAllConnections();
  return status;
}

describe("limits of the plan", () => {
  test("what the plan does not allow is refused with the limit and who can lift it", async () => {
    const small = await addBelongings(api, "public");
    const sent = async (method: string, path: string, body?: unknown) =>
      (await api.send(small.key, method, path, body === undefined ? {} : { body })).status;
    const answers: Record<string, number> = {
      register: await sent("POST", "/v1/endpoints", { url: "http://127.0.77.9:5000/one-too-many" }),
      update: await sent("PATCH", `/v1/endpoints/${small.endpoint}`, { cadence_s: 30 }),
      follow: await sent("PUT", `/v1/follows/${mine.followed}`, {}),
      credential: await sent("PUT", `/v1/endpoints/${small.endpoint}/credential`, {
        kind: "bearer",
        token: "sample-token-0123456789",
      }),
      invite: await sent("POST", "/v1/invitations", { email: "second@example.com", role: "viewer" }),
    };
    await sent("POST", `/v1/endpoints/${small.endpoint}/pause`);
    answers.resume = await sent("POST", `/v1/endpoints/${small.endpoint}/resume`);
    const pool = api.database.pool("super");
    await pool.query("UPDATE invitations SET expires_at = now() - interval '1 minute' WHERE id = $1", [
      small.invitation,
    ]);
    answers.resend = await sent("POST", `/v1/invitations/${small.invitation}/resend`);
    await pool.query(
      `INSERT INTO api_keys (tenant_id, prefix, secret_hash, name, scopes)
       SELECT $1::uuid, substr(md5(n || ($1::uuid)::text), 1, 8), repeat('0', 64), 'many', '{read}'
       FROM generate_series(1, 100) n`,
      [small.tenant.id],
    );
    const discord = { url: `https://discord.com/api/webhooks/1234567890123456789/${"t".repeat(68)}` };
    answers.install = await sent("POST", "/v1/sinks/slack-install");
    answers.sink = await sent("POST", "/v1/sinks", { kind: "discord", name: "Chat", settings: discord });
    const rule = {
      name: "r",
      severities: ["P1"],
      scope: { kind: "all" },
      escalation_policy_id: small.policy,
    };
    answers.rule = await sent("POST", "/v1/rules", rule);
    answers.changeRule = await sent("PUT", `/v1/rules/${small.rule}`, rule);
    const policy = { name: "p", steps: [{ after_minutes: 0, sink_ids: [small.sink] }] };
    answers.policy = await sent("POST", "/v1/escalation-policies", policy);
    answers.changePolicy = await sent("PUT", `/v1/escalation-policies/${small.policy}`, policy);
    answers.key = await sent("POST", "/v1/keys", { name: "one more", scopes: ["read"] });
    answers.claim = await claimWithProof(small);
    expect(answers).toEqual(allOf(answers, 402));
  });
});

test("a filter or a body that names what another workspace has finds nothing", async () => {
  const stranger = await addBelongings(api);
  const asked = async (method: string, path: string, body?: unknown) =>
    (await api.send(stranger.key, method, path, body === undefined ? {} : { body })).status;
  const answers: Record<string, number> = {
    incidents: await asked("GET", `/v1/incidents?endpoint=${mine.endpoint}`),
    deliveriesOfSink: await asked("GET", `/v1/deliveries?sink=${mine.sink}`),
    deliveriesOfIncident: await asked("GET", `/v1/deliveries?incident=${mine.incident}`),
    decisions: await asked("GET", `/v1/decisions?incident=${mine.incident}`),
    preview: await asked("POST", "/v1/rules/preview", { endpoint: mine.endpoint, severity: "P1" }),
  };
  expect(answers).toEqual(allOf(answers, 404));
});

test("every documented answer was produced by a test", () => {
  expect(api.contract.unseen()).toEqual([]);
});

import { randomUUID } from "node:crypto";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApi, type TestApi, type TestWorkspace } from "../../test/open-test-api.ts";
import { buildApp } from "../app.ts";
import type { Deps } from "../deps.ts";

const MINUTE_MS = 60_000;
let api: TestApi;
let mine: TestWorkspace;
let nowMs = Date.now();
beforeAll(async () => {
  api = await openTestApi({ clock: { nowMs: () => nowMs } });
  mine = await api.addWorkspace({ plan: "enterprise" });
});
afterAll(() => api.close());

const rows = async (text: string, values: readonly unknown[]) =>
  (await api.database.pool("super").query(text, [...values])).rows;
const invite = (key: string, idempotencyKey: string, email: string) =>
  api.send(key, "POST", "/v1/invitations", {
    body: { email, role: "viewer" },
    headers: { "idempotency-key": idempotencyKey },
  });
const invited = async (email: string) =>
  (await rows("SELECT id FROM invitations WHERE email = $1", [email])).length;
const address = () => `${randomUUID()}@example.com`;

test("a repeat gets the first answer, marked, and nothing is done twice", async () => {
  const [key, email] = [randomUUID(), address()];
  const first = await invite(mine.key, key, email);
  const again = await invite(mine.key, key, email);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.text).toBe(first.text);
  expect([first, again].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
  expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
  expect(await invited(email)).toBe(1);
});

test("the key may be quoted, as the draft has it, or bare", async () => {
  const [key, email] = [randomUUID(), address()];
  await invite(mine.key, key, email);
  expect((await invite(mine.key, `"${key}"`, email)).headers.get("idempotency-replayed")).toBe("true");
});

test.each([
  ["empty", ""],
  ["too long", "x".repeat(256)],
  ["with a blank", "a b"],
])("a key that is %s is refused", async (_name, key) => {
  expect(await invite(mine.key, key, address())).toMatchObject({
    status: 400,
    body: { field: "idempotency-key" },
  });
});

test("the same key with another body is refused, and nothing is done", async () => {
  const [key, other] = [randomUUID(), address()];
  await invite(mine.key, key, address());
  expect(await invite(mine.key, key, other)).toMatchObject({
    status: 409,
    body: { field: "idempotency-key", detail: expect.stringContaining("another request") },
  });
  expect(await invited(other)).toBe(0);
});

test("a refused request leaves its key free for the corrected one", async () => {
  const key = randomUUID();
  expect((await invite(mine.key, key, "no address")).status).toBe(400);
  expect((await invite(mine.key, key, address())).status).toBe(201);
});

test("of many at once one is carried out; the others get its answer or are told to wait", async () => {
  const [key, email] = [randomUUID(), address()];
  const sent = await Promise.all(Array.from({ length: 8 }, () => invite(mine.key, key, email)));
  expect(await invited(email)).toBe(1);
  for (const { status, headers } of sent) {
    expect([201, 409]).toContain(status);
    expect(status === 201 || Number(headers.get("retry-after")) > 0).toBe(true);
  }
  expect(sent.filter(({ status }) => status === 201)).not.toEqual([]);
});

test("another API key of the same workspace does not meet this one's, nor another workspace's", async () => {
  const [key, email] = [randomUUID(), address()];
  const colleague = await api.addKey(mine.tenant);
  const stranger = await api.addWorkspace();
  await invite(mine.key, key, email);
  expect(await invite(colleague, key, email)).toMatchObject({ status: 409, body: { field: "email" } });
  expect((await invite(stranger.key, key, email)).headers.get("idempotency-replayed")).toBeNull();
});

test("after a day the key is forgotten", async () => {
  const key = randomUUID();
  await invite(mine.key, key, address());
  nowMs += 24 * 60 * MINUTE_MS + 1;
  const again = await invite(mine.key, key, address());
  expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, null]);
});

test("an answer that shows a secret once can be repeated by its owner, and is readable to nobody else", async () => {
  const create = () =>
    api.send(mine.key, "POST", "/v1/keys", {
      body: { name: "ci", scopes: ["read"] },
      headers: { "idempotency-key": "one-key" },
    });
  const first = await create();
  expect((await create()).body.key).toBe(first.body.key);
  const [stored] = await rows("SELECT answer FROM idempotency_key WHERE key = 'one-key'", []);
  expect(Buffer.from(stored?.answer).includes(first.body.key.slice(18, 50))).toBe(false);
});

/** The API of a process that dies when the transaction of a change is committed: no answer is stored, none arrives. */
function dyingApi(at: "before-commit" | "after-commit"): (key: string, email: string) => Promise<void> {
  const deps: Deps = { ...api.deps, pool: dyingPool(api.deps.pool, at) };
  const app = buildApp(deps, { isReady: async () => true });
  return async (key, email) => {
    await app.request("/v1/invitations", {
      method: "POST",
      headers: {
        authorization: `Bearer ${mine.key}`,
        "content-type": "application/json",
        "idempotency-key": key,
      },
      body: JSON.stringify({ email, role: "viewer" }),
    });
  };
}

/** The first transaction takes the key; the second is the change, in which the process dies; then nothing works. */
function dyingPool(pool: Deps["pool"], at: "before-commit" | "after-commit"): Deps["pool"] {
  let connections = 0;
  const connect = async () => {
    connections += 1;
    if (connections > 2) {
      throw new Error("dead");
    }
    const client = await pool.connect();
    return connections === 2 ? replacing(client, "query", dyingQuery(client, at)) : client;
  };
  return replacing(pool, "connect", connect);
}

const replacing = <T extends object>(target: T, replaced: string, by: unknown): T =>
  new Proxy(target, {
    get(object, name) {
      const value = Reflect.get(object, name);
      return name === replaced ? by : typeof value === "function" ? value.bind(object) : value;
    },
  });

function dyingQuery(client: PoolClient, at: "before-commit" | "after-commit") {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  return async (...args: unknown[]) => {
    const text = typeof args[0] === "string" ? args[0] : (args[0] as { text: string }).text;
    if (text.toLowerCase() !== "commit") {
      return query(...args);
    }
    await query(at === "before-commit" ? "ROLLBACK" : "COMMIT");
    throw new Error("died at the commit");
  };
}

test("when the process died after the change was committed, a repeat is told so and nothing is done twice", async () => {
  const [key, email] = [randomUUID(), address()];
  await dyingApi("after-commit")(key, email);
  expect(await invited(email)).toBe(1);
  expect(await invite(mine.key, key, email)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("being carried out") },
  });
  nowMs += MINUTE_MS + 1;
  expect(await invite(mine.key, key, email)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("was carried out, but its answer was lost") },
  });
  expect(await invited(email)).toBe(1);
});

test("when the process died before the change was committed, a repeat carries it out once the first is given up", async () => {
  const [key, email] = [randomUUID(), address()];
  await dyingApi("before-commit")(key, email);
  expect(await invited(email)).toBe(0);
  expect((await invite(mine.key, key, email)).status).toBe(409);
  nowMs += MINUTE_MS + 1;
  expect((await invite(mine.key, key, email)).status).toBe(201);
  expect(await invited(email)).toBe(1);
});

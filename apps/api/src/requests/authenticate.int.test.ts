import { formatApiKey, parseApiKey } from "@alivemcp/core/api-key";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApi, type TestApi, type TestWorkspace } from "../../test/open-test-api.ts";
import { buildApp } from "../app.ts";

let api: TestApi;
let mine: TestWorkspace;
let nowMs = Date.now();
let otherProcess: TestApi["app"];
beforeAll(async () => {
  api = await openTestApi({ clock: { nowMs: () => nowMs } });
  mine = await api.addWorkspace();
  otherProcess = buildApp(api.deps, { isReady: async () => true });
});
afterAll(() => api.close());

const me = (key: string | null, headers: Record<string, string> = {}) =>
  api.send(key, "GET", "/v1/me", { headers });
const rows = async (text: string, values: readonly unknown[]) =>
  (await api.database.pool("super").query(text, [...values])).rows;
const prefixOf = (key: string) => parseApiKey(key)?.prefix ?? "";
const withSecret = (key: string, secret: string) => formatApiKey({ prefix: prefixOf(key), secret });

test("a key says whose it is, what it may and which plan holds", async () => {
  const key = await api.addKey(mine.tenant, ["read", "keys:read"]);
  expect((await me(key)).body).toMatchObject({
    key: { scopes: ["read", "keys:read"] },
    is_operator: false,
    workspace: { id: mine.tenant.id, is_suspended: false },
    plan: { name: "team", limits: { endpoints: 50, requests_per_minute: 1_200 } },
  });
});

test("the scheme is read in any case, and nothing but one token behind it", async () => {
  expect((await me(null, { authorization: `bEaReR ${mine.key}` })).status).toBe(200);
  for (const authorization of [mine.key, `Basic ${mine.key}`, `Bearer ${mine.key} x`, "Bearer", "Bearer "]) {
    expect((await me(null, { authorization })).status).toBe(401);
  }
});

test("keys that are unknown, wrong, ended, expired or misspelt get one and the same answer", async () => {
  const [ended, expired] = [await api.addKey(mine.tenant), await api.addKey(mine.tenant)];
  await rows("UPDATE api_keys SET revoked_at = now() WHERE prefix = $1", [prefixOf(ended)]);
  await rows("UPDATE api_keys SET expires_at = $2 WHERE prefix = $1", [prefixOf(expired), new Date(nowMs)]);
  const bad = [
    formatApiKey({ prefix: "nobodys0", secret: "0".repeat(32) }),
    withSecret(mine.key, "0".repeat(32)),
    ended,
    expired,
    `${mine.key.slice(0, -1)}~`,
    "amk_live_x",
  ];
  const answers = await Promise.all(bad.map((key) => me(key)));
  const seen = answers.map(({ status, body: { request_id: _, ...body }, headers }) =>
    JSON.stringify({ status, body, challenge: headers.get("www-authenticate") }),
  );
  expect(new Set(seen).size).toBe(1);
  expect(answers[0]?.status).toBe(401);
});

test("an ended key opens nothing from the next request on, in every process", async () => {
  const key = await api.addKey(mine.tenant);
  expect((await me(key)).status).toBe(200);
  const id = (await rows("SELECT id FROM api_keys WHERE prefix = $1", [prefixOf(key)]))[0]?.id;
  expect((await api.send(mine.key, "DELETE", `/v1/keys/${id}`)).status).toBe(200);
  const elsewhere = await otherProcess.request("/v1/me", { headers: { authorization: `Bearer ${key}` } });
  expect([elsewhere.status, (await me(key)).status]).toEqual([401, 401]);
});

test("a key of a suspended workspace reads and changes nothing", async () => {
  const suspended = await api.addWorkspace();
  await rows("UPDATE tenants SET suspended_at = now(), suspended_reason = 'abuse' WHERE id = $1", [
    suspended.tenant.id,
  ]);
  expect((await me(suspended.key)).body.workspace.is_suspended).toBe(true);
  expect((await api.send(suspended.key, "GET", "/v1/endpoints")).status).toBe(200);
  expect(await api.send(suspended.key, "PATCH", "/v1/workspace", { body: { name: "New" } })).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining("suspended") },
  });
});

test("a use is noted beside the request, at most once a minute", async () => {
  const key = await api.addKey(mine.tenant);
  const lastUsed = async () => {
    const [row] = await rows("SELECT last_used_at FROM api_keys WHERE prefix = $1", [prefixOf(key)]);
    return row?.last_used_at?.getTime() ?? null;
  };
  const noted = async (atMs: number) => {
    for (let tries = 0; tries < 200 && (await lastUsed()) !== atMs; tries += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return lastUsed();
  };
  const t0 = nowMs;
  await me(key);
  expect(await noted(t0)).toBe(t0);
  nowMs = t0 + 30_000;
  await me(key);
  nowMs = t0 + 60_000;
  await me(key);
  expect(await noted(t0 + 60_000)).toBe(t0 + 60_000);
});

test("a key that may only write is shown what it wrote, and nothing else", async () => {
  const key = await api.addKey(mine.tenant, ["endpoints:write"]);
  const created = await api.send(key, "POST", "/v1/endpoints", {
    body: { url: "http://127.0.77.9:5000/write-only" },
  });
  expect(created.status).toBe(201);
  expect((await api.send(key, "GET", `/v1/endpoints/${created.body.slug}`)).status).toBe(403);
});

test("no page of another origin may call us: nothing is answered to a preflight but that there is nothing", async () => {
  const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
  const preflight = await api.send(null, "OPTIONS", "/v1/endpoints", { headers });
  expect(preflight.status).toBe(401);
  const read = await me(mine.key, { origin: "https://evil.example" });
  for (const { headers: answered } of [preflight, read]) {
    expect([...answered.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

import { PLANS } from "@alivemcp/core/plans";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TEST_OPERATOR_KEY } from "../../test/api-config.ts";
import { openTestApi, type TestApi } from "../../test/open-test-api.ts";
import { buildApp } from "../app.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const quota = PLANS.author.apiRequestsPerMinuteMax;
const me = (key: string, headers: Record<string, string> = {}) => api.send(key, "GET", "/v1/me", { headers });

test("every answer says what the limit is and where the caller stands", async () => {
  const { key } = await api.addWorkspace({ plan: "author" });
  const first = await me(key);
  expect(first.headers.get("ratelimit-policy")).toBe(`"per-tenant";q=${quota};w=60`);
  expect(first.headers.get("ratelimit")).toMatch(new RegExp(`^"per-tenant";r=${quota - 1};t=(60|59)$`));
  expect((await me(key)).headers.get("ratelimit")).toContain(`r=${quota - 2};`);
  expect((await api.send(key, "GET", "/v1/endpoints/nobody")).headers.get("ratelimit")).toContain("r=");
});

test("a workspace has its requests once, over all of its keys and all processes", async () => {
  const { key, tenant } = await api.addWorkspace({ plan: "author" });
  const keys = [key, await api.addKey(tenant)];
  const apps = [1, 2].map(() => buildApp(api.deps, { isReady: async () => true }));
  const asked = Array.from({ length: quota + 20 }, async (_, n) => {
    const authorization = `Bearer ${keys[n % 2]}`;
    return (await apps[n % 3 === 0 ? 0 : 1]?.request("/v1/me", { headers: { authorization } }))?.status;
  });
  const statuses = await Promise.all(asked);
  expect(statuses.filter((status) => status === 200)).toHaveLength(quota);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20);
});

test("one workspace's requests are not another's", async () => {
  const [busy, quiet] = [
    await api.addWorkspace({ plan: "author" }),
    await api.addWorkspace({ plan: "author" }),
  ];
  await api.redis.redis.set(`limit:api:tenant:${busy.tenant.id}`, quota, "EX", 60);
  expect([(await me(busy.key)).status, (await me(quiet.key)).status]).toEqual([429, 200]);
});

test("a larger plan counts from the next request on", async () => {
  const { key, tenant } = await api.addWorkspace({ plan: "author" });
  await api.redis.redis.set(`limit:api:tenant:${tenant.id}`, quota, "EX", 60);
  expect((await me(key)).status).toBe(429);
  await api.send(TEST_OPERATOR_KEY, "PUT", `/v1/operator/tenants/${tenant.id}/plan`, {
    body: { plan: "team", reason: "bought it" },
  });
  const { status, headers } = await me(key);
  expect([status, headers.get("ratelimit-policy")]).toEqual([200, '"per-tenant";q=1200;w=60']);
});

test("on the Public plan requests are counted by address, whatever the workspace", async () => {
  const app = buildApp(
    { ...api.deps, config: { ...api.deps.config, TRUSTED_PROXY_HOPS: 1 } },
    { isReady: async () => true },
  );
  const free = [await api.addWorkspace({ plan: "public" }), await api.addWorkspace({ plan: "public" })];
  const from = async (address: string, n: number) => {
    const headers = { authorization: `Bearer ${free[n % 2]?.key}`, "x-forwarded-for": `1.2.3.4, ${address}` };
    return (await app.request("/v1/me", { headers })).status;
  };
  const statuses = await Promise.all(Array.from({ length: 62 }, (_, n) => from("192.0.2.9", n)));
  expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  expect(await from("192.0.2.10", 0)).toBe(200);
});

test("the operator's requests are not counted", async () => {
  expect((await me(TEST_OPERATOR_KEY)).headers.get("ratelimit")).toBeNull();
});

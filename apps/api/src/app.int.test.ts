import { COMMITTED_FIELDS, RAW_FIELDS } from "@alivemcp/core/now-fields";
import { minuteOf, nowKey, probeJobSchema } from "@alivemcp/core/pipeline";
import { checkBudget } from "@alivemcp/core/start-budget";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { apiConfig, TEST_OPERATOR_KEY } from "../test/api-config.ts";
import { buildApp } from "./app.ts";
import { createDeps, type Deps } from "./deps.ts";

const regions = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"];

let database: TestDatabase;
let redis: TestRedis;
let deps: Deps;
let app: ReturnType<typeof buildApp>;
let isReady = true;

beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  deps = await createDeps(apiConfig({ databaseUrl: database.url("app"), redisUrl: redis.url }));
  app = buildApp(deps, { isReady: async () => isReady });
});

afterAll(async () => {
  await deps?.close();
  await Promise.all([database?.close(), redis?.close()]);
});

const authorized = { authorization: `Bearer ${TEST_OPERATOR_KEY}` };
const post = (path: string, body: unknown, headers: Record<string, string> = authorized) =>
  app.request(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
const register = async (body: unknown) => {
  const response = await post("/v1/endpoints", body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const countEndpoints = async () =>
  Number((await database.pool("super").query("SELECT count(*) FROM endpoints")).rows[0].count);

test("a registered endpoint is stored, answered with its page, and probed at once in every region", async () => {
  const { status, body } = await register({
    url: "http://127.0.77.10:5000/mcp",
    name: "My server",
    visibility: "public",
  });
  expect({ status, body }).toMatchObject({
    status: 201,
    body: {
      slug: "my-server",
      status_page_url: "http://status.test/status/my-server",
      is_probe_requested: true,
    },
  });
  for (const region of regions) {
    const jobs = await deps.probeQueues.get(region)?.getJobs(["waiting"]);
    const job = jobs?.find(
      (candidate) => candidate?.data && (candidate.data as { endpointId: string }).endpointId === body.id,
    );
    expect(probeJobSchema.parse(job?.data)).toMatchObject({ kind: "now", region, regionsAsked: regions });
  }
});

test("a host is probed at once for ten registrations and checks a minute; more are watched from their next slot", async () => {
  const url = (n: number) => `http://127.0.77.99:5000/${n}`;
  const host = "127.0.77.99";
  await redis.redis.set(checkBudget(host, Date.now()).key, 9);
  await redis.redis.set(checkBudget(host, Date.now() + 60_000).key, 10);
  expect((await register({ url: url(1) })).body).toMatchObject({ is_probe_requested: true });
  expect(await register({ url: url(2) })).toMatchObject({ status: 201, body: { is_probe_requested: false } });
});

test("an unlisted endpoint, the default, has a slug that cannot be guessed", async () => {
  const { body } = await register({ url: "http://127.0.77.11:5000/mcp", name: "Hidden" });
  expect(body.visibility).toBe("unlisted");
  expect(body.slug).toMatch(/^hidden-[0-9a-f]{16}$/);
});

test.each([
  ["no URL", {}, "url"],
  ["a stdio command", { url: "npx -y some-server" }, "url"],
  ["another scheme", { url: "ftp://example.com/" }, "url"],
  ["credentials in the URL", { url: "http://user:pass@127.0.77.1/mcp" }, "url"],
  ["a private address", { url: "http://127.0.0.1:5000/mcp" }, "url"],
  ["a private address in disguise", { url: "http://0x7f.1:5000/mcp" }, "url"],
  ["more than 2,048 characters", { url: `http://127.0.77.1/${"x".repeat(2_048)}` }, "url"],
  [
    "a URL that grows beyond that when it is encoded",
    { url: `http://127.0.77.1/${"ü".repeat(1_500)}` },
    "url",
  ],
  ["a host name longer than names may be", { url: `http://${"a.".repeat(140)}com/` }, "url"],
  ["a name with a zero byte", { url: "http://127.0.77.1/mcp", name: "a\u0000b" }, "name"],
  ["a name cut inside a character", { url: "http://127.0.77.1/mcp", name: "a\ud800b" }, "name"],
  [
    "a health tool with a zero byte",
    { url: "http://127.0.77.2/mcp", health: { kind: "named", tool: "\u0000", is_read_only_confirmed: true } },
    "health.tool",
  ],
  ["a list instead of an object", [], "body"],
  ["a cadence that does not divide a day", { url: "http://127.0.77.1/mcp", cadence_s: 61 }, "cadence_s"],
  ["an unknown field", { url: "http://127.0.77.1/mcp", tenant_id: "x" }, "tenant_id"],
])("%s is refused with the field and a reason, and nothing is stored", async (_name, body, field) => {
  const before = await countEndpoints();
  const answer = await register(body);
  expect(answer).toMatchObject({
    status: 400,
    body: { code: "invalid", field, detail: expect.stringMatching(/.{10,}/) },
  });
  expect(await countEndpoints()).toBe(before);
});

test("a cadence below the plan's is refused as a limit, naming it", async () => {
  const answer = await register({ url: "http://127.0.77.12/mcp", cadence_s: 30 });
  expect(answer).toMatchObject({
    status: 402,
    body: { field: "cadence_s", detail: expect.stringContaining("60 seconds") },
  });
});

test("a URL is watched once, however its trailing slash is written", async () => {
  const { body } = await register({ url: "http://127.0.77.13/mcp", name: "Once", visibility: "public" });
  const again = await register({ url: "http://127.0.77.13/mcp/", name: "Twice" });
  expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining(String(body.slug)) } });
});

test.each([
  ["no key", {}],
  ["a wrong key", { authorization: "Bearer nearly-the-operator-key-0123456789" }],
])("with %s nothing is told and nothing stored", async (_name, headers) => {
  const before = await countEndpoints();
  const response = await post("/v1/endpoints", { url: "http://127.0.77.14/mcp" }, headers);
  expect(response.status).toBe(401);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("www-authenticate")).toContain("Bearer");
  expect((await app.request("/v1/endpoints", { headers })).status).toBe(401);
  expect((await app.request("/v1/endpoints/my-server", { headers })).status).toBe(401);
  expect(await countEndpoints()).toBe(before);
});

test("bodies that are too large, no JSON, or of another type are refused by name", async () => {
  const large = await post("/v1/endpoints", { url: "x".repeat(10_000_000) });
  expect(await large.json()).toMatchObject({ status: 400, field: "body" });
  const sent = async (type: string, body: string) => {
    const headers = { ...authorized, "content-type": type };
    return (await app.request("/v1/endpoints", { method: "POST", headers, body })).json();
  };
  expect(await sent("application/json", "{")).toMatchObject({ status: 400, field: "body" });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/xml"]) {
    expect(await sent(type, '{"url":"http://127.0.77.1/mcp"}')).toMatchObject({
      status: 400,
      field: "content-type",
    });
  }
});

test("the list is paged by a cursor that leads through everything exactly once", async () => {
  const slugs: string[] = [];
  let cursor: string | null = null;
  do {
    const path: string = `/v1/endpoints?limit=2${cursor ? `&cursor=${cursor}` : ""}`;
    const page = (await (await app.request(path, { headers: authorized })).json()) as {
      items: { slug: string }[];
      next_cursor: string | null;
    };
    slugs.push(...page.items.map((item) => item.slug));
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(slugs).toHaveLength(await countEndpoints());
  expect(new Set(slugs).size).toBe(slugs.length);
  const bad = await app.request("/v1/endpoints?cursor=bm9wZQ", { headers: authorized });
  expect(await bad.json()).toMatchObject({ status: 400, field: "cursor" });
});

test("one endpoint shows its committed state beside the raw one", async () => {
  const { body } = await register({ url: "http://127.0.77.15/mcp", name: "State", visibility: "public" });
  const nowMs = Date.now();
  await redis.redis.hset(nowKey(String(body.id)), {
    [RAW_FIELDS.state]: "down",
    [RAW_FIELDS.reason]: "connection_refused",
    [RAW_FIELDS.minute]: minuteOf(nowMs),
    [RAW_FIELDS.atMs]: nowMs,
    [RAW_FIELDS.latencyMs]: "",
    [COMMITTED_FIELDS.state]: "up",
    [COMMITTED_FIELDS.sinceAtMs]: nowMs - 60_000,
  });
  const shown = await (await app.request("/v1/endpoints/state", { headers: authorized })).json();
  expect(shown).toMatchObject({ slug: "state", state: "live", raw_state: "down", is_stale: false });
});

test("what does not exist is not found, as problem+json with the request's id", async () => {
  const response = await app.request("/v1/endpoints/nobody", { headers: authorized });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    code: "not_found",
    request_id: response.headers.get("x-request-id"),
  });
  expect((await app.request("/nowhere")).status).toBe(404);
});

test("an opt-out is recorded from JSON and from a form, and asking twice is asking once", async () => {
  expect((await post("/v1/opt-outs", { target: "MCP.Example.com" }, {})).status).toBe(202);
  const form = new URLSearchParams({ target: "mcp.example.com.", contact: "ops@example.com" });
  const response = await app.request("/v1/opt-outs", { method: "POST", body: form });
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe("http://status.test/bot?opt_out=recorded#opt-out");
  await post("/v1/opt-outs", { target: "https://example.com/one/mcp" }, {});
  await post("/v1/opt-outs", { target: "https://Example.com:443/one/mcp/#part" }, {});
  const { rows } = await database.pool("super").query("SELECT kind, target FROM opt_out ORDER BY target");
  expect(rows).toEqual([
    { kind: "url", target: "https://example.com/one/mcp" },
    { kind: "host", target: "mcp.example.com" },
  ]);
  expect((await post("/v1/opt-outs", { target: "http://" }, {})).status).toBe(400);
  const broken = await app.request("/v1/opt-outs", {
    method: "POST",
    body: new URLSearchParams({ target: "http://" }),
  });
  expect(broken.headers.get("location")).toBe("http://status.test/bot?opt_out=invalid#opt-out");
});

test("opt-outs from one address are bounded, and the answer says when to come back", async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1) {
    const response = await post("/v1/opt-outs", { target: `h${n}.example.com` }, {});
    statuses.push(response.status);
    if (response.status === 429) {
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    }
  }
  expect(statuses.at(-1)).toBe(429);
});

test("requests are measured by the pattern of their route, so that no caller invents series", async () => {
  await app.request("/v1/endpoints/some-slug", { headers: authorized });
  await app.request("/invented/by/a/caller", { method: "BREW" });
  const text = await deps.metrics.metrics();
  expect(text).toMatch(
    /alivemcp_api_request_seconds_count\{.*route="\/v1\/endpoints\/:endpoint".*status="404"/,
  );
  expect(text).toMatch(/alivemcp_api_request_seconds_count\{.*method="other".*route="none"/);
  expect(text).not.toMatch(/some-slug|invented|BREW/);
});

test.each([
  ["/v1/endpoints/%00", 404],
  ["/v1/endpoints/%E0%A4%A", 404],
  [`/v1/endpoints/${"x".repeat(500)}`, 404],
  ["/v1/endpoints?limit=0", 400],
  ["/v1/endpoints?cursor=bjk5OTk5OTk5OTk", 400],
])("GET %s is refused as the caller's mistake", async (path, status) => {
  expect((await app.request(path, { headers: authorized })).status).toBe(status);
});

test("an opt-out with a zero byte is refused as the caller's mistake", async () => {
  await redis.redis.del(...(await redis.redis.keys("limit:opt-out*")), "-");
  expect((await post("/v1/opt-outs", { target: "a.example.com", reason: "a\u0000b" }, {})).status).toBe(400);
});

test("health is 503 until ready and while draining; the canary always answers", async () => {
  isReady = false;
  expect((await app.request("/healthz")).status).toBe(503);
  isReady = true;
  expect((await app.request("/healthz")).status).toBe(200);
  expect((await app.request("/canary")).status).toBe(204);
});

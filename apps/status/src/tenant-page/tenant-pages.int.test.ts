import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openTestStatus,
  type SeededEndpoint,
  seedEndpoint,
  seedIncident,
  seedMaintenance,
  seedNow,
  type TestStatus,
} from "../../test/open-test-status.ts";

const MINUTE_MS = 60_000;
let status: TestStatus;
const endpoints: Record<string, SeededEndpoint> = {};

beforeAll(async () => {
  status = await openTestStatus();
  for (const [slug, visibility] of [
    ["alpha", "public"],
    ["beta-77aa", "unlisted"],
    ["gamma", "private"],
    ["stranger-55bb", "unlisted"],
  ] as const) {
    endpoints[slug] = await seedEndpoint(status, { slug, name: `Name of ${slug}`, visibility });
    await seedNow(status, endpoints[slug].id);
  }
  await seedIncident(status, idOf("beta-77aa"), {
    startedAgoMs: 20 * MINUTE_MS,
    updates: [{ stage: "identified", body: "We know" }],
  });
  await seedIncident(status, idOf("gamma"), {
    startedAgoMs: 20 * MINUTE_MS,
    updates: [{ stage: "identified", body: "Secret" }],
  });
  await seedMaintenance(status, idOf("alpha"), { startsInMs: 60 * MINUTE_MS, name: "Index rebuild" });
  const tenantId = "00000000-0000-4000-8000-000000000001";
  const sql = (text: string, values: unknown[] = []) => status.database.pool("super").query(text, values);
  const { rows } = await sql(
    "INSERT INTO status_page (tenant_id, slug, title, description) VALUES ($1, 'acme', '<b>Acme</b>', 'All of it') RETURNING id",
    [tenantId],
  );
  // A stranger's unlisted endpoint got onto the page before it changed hands.
  const other = randomUUID();
  await sql("INSERT INTO tenants (id, name, slug, plan) VALUES ($1, 'SENTINEL', 'other', 'team')", [other]);
  await sql("UPDATE endpoints SET tenant_id = $1 WHERE slug = 'stranger-55bb'", [other]);
  for (const [index, slug] of ["beta-77aa", "alpha", "gamma", "stranger-55bb"].entries()) {
    await sql(
      "INSERT INTO status_page_endpoint (page_id, endpoint_id, tenant_id, position) VALUES ($1, $2, $3, $4)",
      [rows[0].id, idOf(slug), tenantId, index + 1],
    );
  }
  await status.refresh();
});
afterAll(() => status.close());

const idOf = (slug: string) => endpoints[slug]?.id ?? "";
const ask = (path: string, headers: Record<string, string> = {}) => status.app.request(path, { headers });
const read = async (path: string) => (await ask(path)).text();
const FORMS = [
  "/p/acme",
  "/p/acme.md",
  "/p/acme/api/v2/summary.json",
  "/p/acme/feed.atom",
  "/p/acme/feed.rss",
];

test.each(FORMS)(
  "%s shows the workspace's endpoints in its order, and none that is private or a stranger's",
  async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text.replaceAll("\\", "")).toContain("Name of beta-77aa");
    expect(text).not.toMatch(/gamma|stranger|Secret|SENTINEL/);
    // JSON is nobody's markup.
    expect(path.endsWith(".json") || !text.includes("<b>Acme")).toBe(true);
  },
);

test("incidents and maintenance say whose they are, and lead to the endpoint's page", async () => {
  const page = await read("/p/acme");
  expect(page).toMatch(/Name of beta-77aa: Down: TLS certificate expired/);
  expect(page).toMatch(/Index rebuild[\s\S]*Name of alpha/);
  expect(page).toContain('href="/status/beta-77aa"');
  expect(page.indexOf("Name of beta-77aa</a>")).toBeLessThan(page.indexOf("Name of alpha</a>"));
  expect(page).toContain("&lt;b&gt;Acme&lt;/b&gt;");
});

test("its summary has one component per endpoint", async () => {
  const summary = (await (await ask("/p/acme/api/v2/summary.json")).json()) as {
    components: { id: string }[];
  };
  expect(summary.components.map(({ id }) => id)).toEqual(["beta-77aa", "alpha"]);
  expect(summary).toMatchObject({ page: { id: "acme", url: "https://status.example/p/acme" } });
});

test("304: a program that has it gets nothing again", async () => {
  const etag = (await ask("/p/acme.md")).headers.get("etag") ?? "";
  status.clock.atMs += 3_000;
  expect((await ask("/p/acme.md", { "if-none-match": etag })).status).toBe(304);
});

test.each(["/p/nobody", "/p/nobody.md", "/p/nobody/api/v2/summary.json", "/p/nobody/feed.rss", "/p/%00"])(
  "404: %s",
  async (path) => {
    expect((await ask(path)).status).toBe(404);
  },
);

test("a workspace that is suspended shows nothing", async () => {
  await status.database.pool("super").query("UPDATE tenants SET suspended_at = now() WHERE slug <> 'other'");
  status.clock.atMs += 11_000;
  expect((await ask("/p/acme")).status).toBe(404);
  await status.database.pool("super").query("UPDATE tenants SET suspended_at = NULL");
});

test("with Postgres away it says so, and asks programs to come back", async () => {
  await status.deps.pool.end();
  status.clock.atMs += 15_000;
  expect((await ask("/p/acme")).status).toBe(502);
  expect((await ask("/p/acme.md")).status).toBe(503);
});

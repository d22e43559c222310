import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestStatus, seedEndpoint, seedNow, type TestStatus } from "../../test/open-test-status.ts";

const TENANT = "00000000-0000-4000-8000-000000000001";
const HOST = "status.acme-sample.com";
let status: TestStatus;

beforeAll(async () => {
  status = await openTestStatus();
  const sql = (text: string, values: unknown[] = []) => status.database.pool("super").query(text, values);
  for (const slug of ["alpha", "stranger"]) {
    const { id } = await seedEndpoint(status, { slug, name: `Name of ${slug}` });
    await seedNow(status, id);
  }
  for (const [slug, endpoint] of [
    ["acme", "alpha"],
    ["plain", "stranger"],
  ]) {
    const { rows } = await sql(
      "INSERT INTO status_page (tenant_id, slug, title) VALUES ($1, $2, 'Acme') RETURNING id",
      [TENANT, slug],
    );
    await sql(
      `INSERT INTO status_page_endpoint (page_id, endpoint_id, tenant_id, position)
       SELECT $1, id, $2, 1 FROM endpoints WHERE slug = $3`,
      [rows[0].id, TENANT, endpoint],
    );
    if (slug === "acme") {
      await sql("INSERT INTO status_page_host (host, page_id, tenant_id) VALUES ($1, $2, $3)", [
        HOST,
        rows[0].id,
        TENANT,
      ]);
    }
  }
  await status.refresh();
});
afterAll(() => status.close());

const ask = (path: string, host: string, headers: Record<string, string> = {}) =>
  status.app.request(path, { headers: { ...headers, host } });

test.each(["/", "/index.md", "/feed.atom", "/feed.rss", "/api/v2/summary.json"])(
  "200: %s at a proven host is that workspace's page, whatever port and case the host comes in",
  async (path) => {
    for (const host of [HOST, `${HOST.toUpperCase()}:8443`, `${HOST}.`]) {
      const answer = await ask(path, host);
      expect(answer.status).toBe(200);
      const text = await answer.text();
      expect(text).toContain("Acme");
      expect(text).not.toContain("Name of stranger");
    }
    expect((await ask(path, HOST)).headers.get("x-content-type-options")).toBe("nosniff");
  },
);

test("what the page links is there: its style, its script, its feeds; and its forms name the host", async () => {
  const page = await (await ask("/", HOST)).text();
  const links = [...page.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map((match) => match[1] ?? "");
  expect(links).toContain("/feed.atom");
  for (const link of links) {
    const answer = await ask(link, HOST);
    const isElsewhere = answer.headers.get("location") === `https://status.example${link}`;
    expect(answer.status === 200 || (answer.status === 302 && isElsewhere), link).toBe(true);
  }
  const summary = await (await ask("/api/v2/summary.json", HOST)).json();
  expect(summary).toMatchObject({ page: { url: `https://${HOST}` } });
  expect(await (await ask("/index.md", HOST)).text()).toContain(`https://${HOST}/feed.atom`);
});

test("304: a program that has it gets nothing again", async () => {
  const etag = (await ask("/index.md", HOST)).headers.get("etag") ?? "";
  expect((await ask("/index.md", HOST, { "if-none-match": etag })).status).toBe(304);
});

test.each(["/p/plain", "/status/stranger", "//evil.example/x", "/badge/alpha.svg"])(
  "302: %s at a proven host leads to the installation's own name, and to nowhere else",
  async (path) => {
    const answer = await ask(path, HOST);
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toMatch(/^https:\/\/status\.example\//);
  },
);

test.each(["nobody.acme-sample.com", "acme-sample.com", "192.0.2.7", "status.example.evil.com", "", "a b"])(
  "404: a host that nobody proved (%s) gets no page, no board and no badge",
  async (host) => {
    for (const path of ["/", "/p/acme", "/status/alpha", "/badge/alpha.json", "/index.md"]) {
      const answer = await ask(path, host);
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toMatch(/Acme|alpha/);
    }
  },
);

test.each(["status.example", "127.0.0.1:4402", "localhost", "[::1]:4402"])(
  "the board is at the installation's own name and on the machine itself: %s",
  async (host) => {
    const board = await ask("/", host);
    expect(board.status).toBe(200);
    expect(await board.text()).toContain("Name of alpha");
  },
);

test("the logo has the type of its bytes at both addresses, is not asked for twice, and 404 where there is none", async () => {
  const bytes = Buffer.from("\x89PNG\r\n\x1a\n sample", "latin1");
  await status.database.pool("super").query(
    `INSERT INTO status_page_logo (page_id, tenant_id, content_type, bytes)
     SELECT id, tenant_id, 'image/png', $1 FROM status_page WHERE slug = 'acme'`,
    [bytes],
  );
  status.clock.atMs += 11_000;
  expect(await (await ask("/", HOST)).text()).toContain('<img class="logo" src="/logo" alt="">');
  expect(await (await ask("/p/acme", "localhost")).text()).toContain('src="/p/acme/logo"');
  for (const [path, host] of [
    ["/logo", HOST],
    ["/p/acme/logo", "localhost"],
  ] as const) {
    const answer = await ask(path, host);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    const again = await ask(path, host, { "if-none-match": answer.headers.get("etag") ?? "" });
    expect(again.status).toBe(304);
  }
  expect((await ask("/p/plain/logo", "localhost")).status).toBe(404);
});

test("a load balancer that asks by address learns whether this process is well", async () => {
  expect((await ask("/healthz", "10.0.0.7:4402")).status).toBe(200);
});

test("404: the host of a workspace that is suspended", async () => {
  await status.database.pool("super").query("UPDATE tenants SET suspended_at = now()");
  status.clock.atMs += 11_000;
  expect((await ask("/", HOST)).status).toBe(404);
  await status.database.pool("super").query("UPDATE tenants SET suspended_at = NULL");
  status.clock.atMs += 11_000;
  expect((await ask("/", HOST)).status).toBe(200);
});

test("503: with Postgres away a host is neither shown nor denied", async () => {
  await status.deps.pool.end();
  status.clock.atMs += 15_000;
  expect((await ask("/", HOST)).status).toBe(503);
  expect((await ask("/p/acme/logo", "localhost")).status).toBe(503);
});

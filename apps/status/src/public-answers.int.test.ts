/** Badge, embed JSON, board and status page over real Postgres and Redis. */
import { COMMITTED_FIELDS, RAW_FIELDS } from "@alivemcp/core/now-fields";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FINDING, NOW_MS, regionFields } from "../../../services/runtime/test/live-state.ts";
import {
  openTestStatus,
  type SeededEndpoint,
  seedEndpoint,
  seedHeartbeats,
  seedNow,
  type TestStatus,
} from "../test/open-test-status.ts";

let status: TestStatus;
let live: SeededEndpoint;
let down: SeededEndpoint;
let unlisted: SeededEndpoint;

beforeAll(async () => {
  status = await openTestStatus();
  live = await seedEndpoint(status, {
    slug: "acme",
    name: "Acme <tools>",
    url: "https://mcp.acme.example/mcp?key=SENTINEL",
  });
  down = await seedEndpoint(status, { slug: "broken", name: "Broken" });
  unlisted = await seedEndpoint(status, { slug: "hidden-4f2a", visibility: "unlisted" });
  await seedEndpoint(status, { slug: "secret", visibility: "private" });
  await seedNow(status, live.id, {
    ...regionFields("us-east", FINDING),
    ...regionFields("eu-west", { ...FINDING, latencyMs: 230 }),
  });
  await seedNow(status, unlisted.id);
  await seedNow(status, down.id, {
    [RAW_FIELDS.state]: "down",
    [RAW_FIELDS.reason]: "connection_refused",
    [COMMITTED_FIELDS.state]: "down",
    [COMMITTED_FIELDS.reason]: "connection_refused",
    [COMMITTED_FIELDS.sinceAtMs]: String(NOW_MS - 2 * 3_600_000),
    ...regionFields("us-east", {
      ...FINDING,
      state: "down",
      reason: "connection_refused",
      layer: "tcp",
      detail: "tcp_refused",
      latencyMs: null,
      steps: [
        { step: "dns", ms: 4, ok: true, detail: null },
        { step: "tcp", ms: 2, ok: false, detail: "refused" },
      ],
    }),
  });
  await seedHeartbeats(status);
  await status.refresh();
});
afterAll(() => status.close());

const get = (path: string, headers: Record<string, string> = {}) => status.app.request(path, { headers });
const text = async (path: string) => (await get(path)).text();

describe("GET /api/embed-status/<slug>", () => {
  test("200: the fixed shape, cacheable, readable from any origin", async () => {
    const answer = await get("/api/embed-status/acme");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=60, stale-while-revalidate=300");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("etag")).toMatch(/^"[\w-]{27}"$/);
    expect(await answer.json()).toEqual({
      slug: "acme",
      status: "live",
      auth_required: false,
      last_probe_at: new Date(NOW_MS - 10_000).toISOString(),
      uptime_24h_pct: 99.93,
      uptime_30d_pct: 99.98,
      p95_latency_ms_24h: 402,
      schema_drift_in_last_24h: false,
      status_page_url: "https://status.example/status/acme",
    });
  });

  test("304: who has the body already gets none, by strong or weakened validator, alone or in a list", async () => {
    const etag = (await get("/api/embed-status/acme")).headers.get("etag") ?? "";
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const answer = await get("/api/embed-status/acme", { "if-none-match": held });
      expect([answer.status, await answer.text()]).toEqual([304, ""]);
      expect(answer.headers.get("etag")).toBe(etag);
      expect(answer.headers.get("cache-control")).toContain("stale-while-revalidate");
    }
    expect((await get("/api/embed-status/acme", { "if-none-match": '"other"' })).status).toBe(200);
  });

  test("an unlisted endpoint answers who has its slug; a private one is as unknown as any other word", async () => {
    expect((await get("/api/embed-status/hidden-4f2a")).status).toBe(200);
    for (const slug of ["secret", "nobody", "..%2f..", "x".repeat(5_000)]) {
      const answer = await get(`/api/embed-status/${slug}`);
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toContain("application/json");
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    }
  });
});

describe("GET /badge/<slug>", () => {
  test("200 svg: state, 30-day uptime and median latency in words", async () => {
    const answer = await get("/badge/acme.svg");
    expect(answer.headers.get("content-type")).toBe("image/svg+xml; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=60, stale-while-revalidate=300");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const svg = await answer.text();
    expect(svg).toContain("live · 99.98% 30d · 182 ms");
    expect(svg).toContain("Acme &lt;tools&gt;: live");
  });

  test("200 json: what shields.io reads", async () => {
    expect(await (await get("/badge/broken.json")).json()).toMatchObject({
      schemaVersion: 1,
      message: "down · 99.98% 30d · 182 ms",
      isError: true,
    });
  });

  test("styles, themes and labels give other badges, and unknown words the ordinary one", async () => {
    const ordinary = await text("/badge/acme.svg");
    expect(await text("/badge/acme.svg?style=nonsense&theme=nonsense&label=")).toBe(ordinary);
    for (const query of [
      "style=flat-square",
      "style=for-the-badge",
      "theme=dark",
      "theme=auto",
      "label=my%20tools",
    ]) {
      expect(await text(`/badge/acme.svg?${query}`)).not.toBe(ordinary);
    }
  });

  test("404: a grey badge that says so", async () => {
    for (const file of ["nobody.svg", "secret.svg", "acme.png", "acme"]) {
      const answer = await get(`/badge/${file}`);
      expect([answer.status, (await answer.text()).includes("not found")]).toEqual([404, true]);
    }
  });
});

describe("GET /", () => {
  test("shows every public endpoint, and neither unlisted nor private ones", async () => {
    const html = await text("/");
    expect(html).toContain('href="/status/acme"');
    expect(html).toContain("Acme &lt;tools&gt;");
    expect(html).not.toMatch(/hidden-4f2a|secret/);
  });

  test("every filter is a link that works without JavaScript, with its figure beside it", async () => {
    const html = await text("/?state=down");
    expect(html).toContain('href="/status/broken"');
    expect(html).not.toContain('href="/status/acme"');
    expect(html).toMatch(/All <b>2<\/b>/);
  });

  test("a search that matches nothing leads on to a check of that URL", async () => {
    const html = await text("/?q=https://nobody.example/mcp");
    expect(html).toContain("No endpoint matches");
    expect(html).toContain('href="/check?url=https%3A%2F%2Fnobody.example%2Fmcp"');
  });
});

describe("GET /status/<slug>", () => {
  test("200: says in its first screen that it works, from where, and what is behind the figures", async () => {
    const answer = await get("/status/acme");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toContain("style-src 'self'");
    const html = await answer.text();
    for (const words of [
      "Working for 3 d",
      "Ashburn",
      "London",
      "99.98 %",
      "/uptime",
      "simulated on this machine",
      "2025-06-18",
      "Streamable HTTP",
    ]) {
      expect(html).toContain(words);
    }
    expect(html).not.toMatch(/ style="| on\w+="|<script(?! type="module" src=)/);
  });

  test("200: an outage of two hours raises the red flag, with reason and region", async () => {
    const html = await text("/status/broken");
    for (const words of [
      "Down for 2 h",
      "Down for more than 15 minutes",
      "Connection refused",
      "Failing from Ashburn",
      "/help/connection_refused",
    ]) {
      expect(html).toContain(words);
    }
  });

  test("an unlisted page is not indexed, a private one is not found", async () => {
    const page = await get("/status/hidden-4f2a");
    expect(await page.text()).toContain('<meta name="robots" content="noindex">');
    expect(page.headers.get("cache-control")).toContain("private");
    expect((await get("/status/secret")).status).toBe(404);
  });

  test("an endpoint added a moment ago has its page before the next refresh", async () => {
    await seedEndpoint(status, { slug: "brand-new" });
    const html = await text("/status/brand-new");
    expect(html).toContain("We do not know yet");
  });
});

test("news that stopped coming is called stale, and unknown an hour later", async () => {
  const before = status.clock.atMs;
  status.clock.atMs = NOW_MS + 30 * 60_000;
  expect(await (await get("/badge/acme.json")).json()).toMatchObject({
    message: "live (stale) · 99.98% 30d · 182 ms",
  });
  expect(await text("/status/acme")).toContain("This is the last known state");
  expect(await (await get("/api/embed-status/acme")).json()).toMatchObject({ status: "live" });
  status.clock.atMs = NOW_MS + 2 * 3_600_000;
  expect(await (await get("/api/embed-status/acme")).json()).toMatchObject({ status: "unknown" });
  expect(await text("/status/acme")).toContain("We do not know: the last probe was");
  status.clock.atMs = before;
});

test("healthz answers 503 until ready and while draining", async () => {
  expect((await get("/healthz")).status).toBe(200);
  status.lifecycle.isReadyNow = false;
  expect((await get("/healthz")).status).toBe(503);
  status.lifecycle.isReadyNow = true;
});

test("requests are measured by the pattern of their route, badges and unknown addresses too", async () => {
  await get("/badge/acme.svg");
  await get("/status/acme");
  await get("/invented/by/a/caller");
  const metrics = await status.deps.metrics.metrics();
  const routes = [...metrics.matchAll(/request_seconds_count\{.*route="([^"]+)",status="(\d+)"/g)].map(
    ([, route, code]) => `${code} ${route}`,
  );
  expect(routes).toEqual(expect.arrayContaining(["200 /status/:slug", "404 none"]));
  expect(routes.some((route) => route.startsWith("200 /badge/"))).toBe(true);
  expect(metrics).not.toMatch(/route="[^"]*(acme|invented)/);
});

test("unknown addresses lead back, as page or as JSON", async () => {
  const page = await get("/nothing/here");
  expect([page.status, (await page.text()).includes('href="/check"')]).toEqual([404, true]);
  expect(await (await get("/api/nothing")).json()).toMatchObject({ status: 404 });
});

describe("a slug of before", () => {
  beforeAll(async () => {
    const seeded = await Promise.all([
      seedEndpoint(status, { slug: "old-public" }),
      seedEndpoint(status, { slug: "old-hidden-1", visibility: "unlisted" }),
      seedEndpoint(status, { slug: "old-private" }),
    ]);
    const renames = [
      ["new-public", "public"],
      ["old-hidden-2", "unlisted"],
      ["new-private", "private"],
    ];
    for (const [index, { id }] of seeded.entries()) {
      await status.database
        .pool("super")
        .query("UPDATE endpoints SET slug = $2, visibility = $3 WHERE id = $1", [
          id,
          ...(renames[index] ?? []),
        ]);
    }
  });

  test.each([
    ["/status/old-public", "/status/new-public"],
    ["/status/old-hidden-1", "/status/old-hidden-2"],
    ["/badge/old-public.svg?style=flat-square", "/badge/new-public.svg?style=flat-square"],
    ["/badge/old-public.json", "/badge/new-public.json"],
    ["/api/embed-status/old-public", "/api/embed-status/new-public"],
  ])("%s leads to %s, before and after the catalogue was read again", async (from, to) => {
    for (const prepare of [async () => {}, () => status.refresh()]) {
      await prepare();
      const answer = await get(from);
      expect(answer.status).toBe(301);
      expect(answer.headers.get("location")).toBe(to);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=30");
      expect((await get(to)).status).toBe(200);
    }
  });

  test("is open to scripts of other pages, as the answer it leads to", async () => {
    expect((await get("/api/embed-status/old-public")).headers.get("access-control-allow-origin")).toBe("*");
  });

  test.each([
    "/status/old-private",
    "/badge/old-private.svg",
    "/api/embed-status/old-private",
    "/status/new-private",
  ])("%s of an endpoint that is private now answers like one that never was", async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

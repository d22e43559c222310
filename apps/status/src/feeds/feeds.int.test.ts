import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openTestStatus,
  type SeededEndpoint,
  seedEndpoint,
  seedIncident,
  seedNow,
  type TestStatus,
} from "../../test/open-test-status.ts";

const MINUTE_MS = 60_000;
let status: TestStatus;
let endpoint: SeededEndpoint;
const ids: string[] = [];

beforeAll(async () => {
  status = await openTestStatus();
  endpoint = await seedEndpoint(status, { slug: "acme", name: 'A < B & "C" ]]> \u0007' });
  await seedNow(status, endpoint.id, { committed: "down", committed_reason: "tls_expired" });
  ids.push(
    await seedIncident(status, endpoint.id, {
      startedAgoMs: 20 * MINUTE_MS,
      updates: [
        { stage: "identified", body: "</content></description><script>alert(1)</script> ]]> \ufffe" },
      ],
    }),
    await seedIncident(status, endpoint.id, {
      startedAgoMs: 200 * MINUTE_MS,
      resolvedAgoMs: 190 * MINUTE_MS,
    }),
  );
  await seedEndpoint(status, { slug: "locked", visibility: "private" });
  await status.refresh();
});
afterAll(() => status.close());

const FEEDS = ["feed.atom", "feed.rss"] as const;
const ask = (path: string, headers: Record<string, string> = {}) => status.app.request(path, { headers });

test.each(FEEDS)("200: %s tells the incidents with stable ids, all strangers' text escaped", async (feed) => {
  const answer = await ask(`/status/acme/${feed}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toMatch(/^application\/(?:atom|rss)\+xml; charset=utf-8$/);
  const text = await answer.text();
  for (const id of ids) {
    expect(text.match(new RegExp(`>urn:uuid:${id}<`, "g"))).toHaveLength(1);
  }
  expect(text).toContain("Resolved: Down: TLS certificate expired");
  expect(text).toContain("Incidents of A &lt; B &amp; &quot;C&quot; ]]&gt;");
  expect(text).toContain("&lt;/content&gt;&lt;/description&gt;&lt;script&gt;");
  for (const forbidden of ["<script", "\u0007", "\ufffe"]) {
    expect(text).not.toContain(forbidden);
  }
});

test.each(FEEDS)("304: %s is the same a day later while nothing happened", async (feed) => {
  const first = await ask(`/status/acme/${feed}`);
  const etag = first.headers.get("etag") ?? "";
  status.clock.atMs += 3_600_000;
  const again = await ask(`/status/acme/${feed}`, { "if-none-match": etag });
  expect([again.status, await again.text()]).toEqual([304, ""]);
});

test("an update makes the entry newer and keeps its id", async () => {
  const updated = (text: string) =>
    /<\/title>[\s\S]*?<updated>(.*?)</.exec(text.slice(text.indexOf("<entry>")))?.[1];
  const before = await (await ask("/status/acme/feed.atom")).text();
  await status.database.pool("super").query(
    `INSERT INTO incident_update (incident_id, tenant_id, stage, body, written_by, at)
     SELECT $1, tenant_id, 'monitoring', 'Fixed, watching', 'member x', $3 FROM endpoints WHERE id = $2`,
    [ids[0], endpoint.id, new Date(status.clock.atMs)],
  );
  status.clock.atMs += 11_000;
  const after = await (await ask("/status/acme/feed.atom")).text();
  expect(after).toContain("Monitoring");
  expect(after).toContain(`urn:uuid:${ids[0]}`);
  expect(Date.parse(updated(after) ?? "")).toBeGreaterThan(Date.parse(updated(before) ?? ""));
});

test("a page leads to its feeds, and a feed to its page", async () => {
  const page = await (await ask("/status/acme")).text();
  for (const feed of FEEDS) {
    expect(page).toContain(`href="/status/acme/${feed}"`);
    expect(await (await ask(`/status/acme/${feed}`)).text()).toContain(
      "https://status.example/status/acme#incident-",
    );
  }
});

test.each(FEEDS)("404: %s of a private endpoint, and of none", async (feed) => {
  const answers = await Promise.all([ask(`/status/locked/${feed}`), ask(`/status/nobody/${feed}`)]);
  expect(answers.map((answer) => answer.status)).toEqual([404, 404]);
  expect(await answers[0]?.text()).toBe(await answers[1]?.text());
});

test("301: an old slug leads to the feed of today", async () => {
  await status.database
    .pool("super")
    .query("UPDATE endpoints SET slug = 'acme-two' WHERE id = $1", [endpoint.id]);
  await status.refresh();
  const moved = await ask("/status/acme/feed.rss");
  expect([moved.status, moved.headers.get("location")]).toEqual([301, "/status/acme-two/feed.rss"]);
});

test("503: with Postgres away a reader is asked to come back", async () => {
  await status.deps.pool.end();
  status.clock.atMs += 15_000;
  const answer = await ask("/status/acme-two/feed.atom");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "60"]);
});

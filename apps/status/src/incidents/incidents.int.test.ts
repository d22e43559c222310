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
const PUBLIC_TENANT = "00000000-0000-4000-8000-000000000001";
let status: TestStatus;
let endpoint: SeededEndpoint;

beforeAll(async () => {
  status = await openTestStatus();
  endpoint = await seedEndpoint(status, { slug: "acme", name: "Acme" });
  await seedNow(status, endpoint.id, { committed: "down", committed_reason: "tls_expired" });
  await seedIncident(status, endpoint.id, {
    startedAgoMs: 20 * MINUTE_MS,
    updates: [
      { stage: "investigating", body: "First words" },
      { stage: "identified", body: "<script>alert(1)</script>\nSecond line" },
    ],
  });
  await seedIncident(status, endpoint.id, {
    startedAgoMs: 3 * 86_400_000,
    resolvedAgoMs: 3 * 86_400_000 - 7 * MINUTE_MS,
  });
  await seedIncident(status, endpoint.id, {
    startedAgoMs: 5 * MINUTE_MS,
    simulatedFor: PUBLIC_TENANT,
    updates: [{ stage: "investigating", body: "Only a drill" }],
  });
  await seedIncident(status, endpoint.id, {
    startedAgoMs: 92 * 86_400_000,
    resolvedAgoMs: 91 * 86_400_000,
  });
  await status.refresh();
});
afterAll(() => status.close());

const read = async (path: string) => (await status.app.request(path)).text();

test("a card says what, since when, for how long, seen from where, and leads to the help of its reason", async () => {
  const page = await read("/status/acme");
  expect(page).toContain("Down: TLS certificate expired");
  expect(page).toMatch(/for 20 min so far, seen from London, Ashburn/);
  expect(page).toContain('<a href="/help/tls_expired">What this means</a>');
  expect(page.match(/class="red-flag"/g)?.length).toBeGreaterThanOrEqual(1);
});

test("a card shows the operator's latest words with their stage first, as text", async () => {
  const page = await read("/status/acme");
  expect(page).toMatch(/<b>Identified<\/b>[\s\S]*Earlier updates: 1[\s\S]*<b>Investigating<\/b>/);
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;\nSecond line");
});

test("an incident that is over is told for 90 days with how long it lasted", async () => {
  const page = await read("/status/acme");
  expect(page).toContain("Resolved in the last 90 days: 1<");
  expect(page).toMatch(/UTC<\/time>, 7 min, seen from/);
});

test("a simulated outage is nobody's but its tenant's", async () => {
  expect(await read("/status/acme")).not.toContain("Only a drill");
});

test("a quiet endpoint says that nothing is open", async () => {
  const quiet = await seedEndpoint(status, { slug: "quiet", standing: "unclaimed" });
  await seedNow(status, quiet.id);
  await status.refresh();
  expect(await read("/status/quiet")).toContain("No incident is open.");
  await seedIncident(status, quiet.id, { startedAgoMs: MINUTE_MS });
  await status.refresh();
  expect(await read("/status/quiet")).toContain("we cannot tell whether its operator knows");
});

test("with Postgres away the outage that Redis knows is still a card", async () => {
  await status.deps.pool.end();
  status.clock.atMs += 15_000;
  const page = await read("/status/acme");
  expect(page).toMatch(/incident-down[\s\S]*Down: TLS certificate expired[\s\S]*not at hand/);
  expect(page).toContain('href="/help/tls_expired"');
});

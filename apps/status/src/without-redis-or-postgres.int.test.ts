/** Pages and badges go on while Redis or Postgres is away, and say so. */
import { afterEach, expect, test } from "vitest";
import { openTestStatus, seedEndpoint, seedNow, type TestStatus } from "../test/open-test-status.ts";

let status: TestStatus;
afterEach(() => status.close());

async function seeded() {
  status = await openTestStatus();
  const endpoint = await seedEndpoint(status, { slug: "acme" });
  await seedNow(status, endpoint.id);
  await status.database
    .pool("super")
    .query(
      `INSERT INTO endpoint_state (endpoint_id, shard, committed, since, machine) VALUES ($1, 's00', 'up', now(), '{}')`,
      [endpoint.id],
    );
  return endpoint;
}
const get = (path: string) => status.app.request(path);

test("with Redis gone from the start, the archived state is shown and called stale", async () => {
  await seeded();
  await status.deps.catalogue.refresh();
  status.deps.redis.disconnect();
  await expect(status.deps.liveStates.refresh()).rejects.toThrow();
  expect(await (await get("/badge/acme.json")).json()).toMatchObject({ message: "live (stale)" });
  const page = await (await get("/status/acme")).text();
  expect(page).toContain("Live measurements are not at hand");
  expect(page).toContain("last archived state");
  expect(await (await get("/")).text()).toContain('href="/status/acme"');
  expect((await get("/check")).status).toBe(200);
});

test("with Redis gone later, the last known states go on and grow stale by their own age", async () => {
  await seeded();
  await status.refresh();
  status.deps.redis.disconnect();
  expect(await (await get("/badge/acme.json")).json()).toMatchObject({
    message: "live · 99.98% 30d · 182 ms",
  });
  status.clock.atMs += 600_000;
  expect(await (await get("/badge/acme.json")).json()).toMatchObject({
    message: expect.stringContaining("(stale)"),
  });
  expect(await (await get("/")).text()).toContain("Live measurements are not at hand since");
});

test("with Postgres gone, states stay live and the page says that its history is missing", async () => {
  await seeded();
  await status.refresh();
  await status.deps.pool.end();
  const page = await (await get("/status/acme")).text();
  expect(page).toContain("The archive is away");
  expect(page).toContain("Working for 3 d");
  expect((await get("/badge/acme.svg")).status).toBe(200);
  expect((await get("/badge/nobody.svg")).status).toBe(404);
  await expect(status.deps.catalogue.refresh()).rejects.toThrow();
  status.clock.atMs += 60_000;
  await status.deps.liveStates.refresh();
  expect(await (await get("/")).text()).toContain("The archive is not at hand");
});

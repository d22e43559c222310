import { COMMITTED_FIELDS, RAW_FIELDS } from "@alivemcp/core/now-fields";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  seedEndpoint,
  seedHeartbeats,
  seedNow,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";

let dashboard: TestDashboard;
let mine: TestWorkspace;
let theirs: TestWorkspace;
beforeAll(async () => {
  dashboard = await openTestDashboard();
  [mine, theirs] = await Promise.all([addWorkspace(dashboard), addWorkspace(dashboard)]);
  await seedHeartbeats(dashboard);
});
afterAll(() => dashboard.close());

const page = async (userId: string, path: string) => {
  const answer = await askAs(dashboard, userId, path);
  return { status: answer.status, text: await answer.text() };
};

test("an empty workspace leads to the next step, and who may not take it is told who may", async () => {
  const { status, text } = await page(mine.ownerId, `${mine.base}/`);
  expect(status).toBe(200);
  expect(text).toContain(`href="${mine.base}/endpoints/new"`);
  expect(text).toContain(`href="${mine.base}/endpoints/import"`);
  const seen = await page(mine.viewerId, `${mine.base}/`);
  expect(seen.text).toContain("A member, admin or the owner");
  expect(seen.text).not.toContain("/endpoints/new");
});

test("the address of a workspace without its slash leads there, and nobody else's does", async () => {
  const answer = await askAs(dashboard, mine.ownerId, mine.base);
  expect([answer.status, answer.headers.get("location")]).toEqual([301, `${mine.base}/`]);
  expect((await askAs(dashboard, theirs.ownerId, mine.base)).status).toBe(404);
});

test("what is wrong now comes first, and a followed endpoint shows what its owner lets the public see", async () => {
  const workspace = await addWorkspace(dashboard);
  const good = await seedEndpoint(dashboard, workspace.id, { name: "Good one", tags: ["billing"] });
  const bad = await seedEndpoint(dashboard, workspace.id, { name: "Zoo" });
  const followed = await seedEndpoint(dashboard, theirs.id, {
    slug: "followed",
    name: "Followed",
    url: "https://followed.example/mcp?key=secret",
    visibility: "public",
    tags: ["their-tag"],
  });
  await dashboard.database
    .pool("super")
    .query("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [
      workspace.id,
      followed.id,
    ]);
  await seedNow(dashboard, good.id);
  await seedNow(dashboard, followed.id);
  await seedNow(dashboard, bad.id, {
    [RAW_FIELDS.state]: "down",
    [COMMITTED_FIELDS.state]: "down",
    [COMMITTED_FIELDS.reason]: "tls_expired",
  });
  const { text } = await page(workspace.ownerId, `${workspace.base}/`);
  const wrong = text.slice(text.indexOf("Needs a look now"), text.indexOf('aria-label="Filter"'));
  expect(wrong).toContain("Zoo");
  expect(wrong).toContain("/help/tls_expired");
  expect(wrong).not.toContain("Good one");
  expect(text).toContain("https://followed.example/mcp");
  expect(text).not.toContain("secret");
  expect(text).not.toContain("their-tag");
  expect(text).toContain("99.98 %");
  expect((await page(workspace.ownerId, `${workspace.base}/?tag=billing`)).text).not.toContain(
    ">Followed</a>",
  );
});

test("an endpoint that is followed and no longer public is gone from the list", async () => {
  const workspace = await addWorkspace(dashboard);
  const followed = await seedEndpoint(dashboard, theirs.id, { name: "Turned", visibility: "unlisted" });
  await dashboard.database
    .pool("super")
    .query("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [
      workspace.id,
      followed.id,
    ]);
  expect((await page(workspace.ownerId, `${workspace.base}/`)).text).not.toContain("Turned");
});

test("another tenant's workspace is not found, as one that does not exist", async () => {
  await seedEndpoint(dashboard, mine.id, { name: "Mine alone" });
  const foreign = await page(theirs.ownerId, `${mine.base}/`);
  expect(foreign.status).toBe(404);
  expect(foreign.text).not.toContain("Mine alone");
  expect((await page(theirs.ownerId, "/w/no-such-workspace/")).status).toBe(404);
  expect((await page(theirs.ownerId, `${theirs.base}/`)).text).not.toContain("Mine alone");
});

test("with Redis away the archived states stand in and are called stale", async () => {
  const cut = await openTestDashboard();
  try {
    const workspace = await addWorkspace(cut);
    const { id } = await seedEndpoint(cut, workspace.id, { name: "Still listed" });
    await cut.database
      .pool("super")
      .query(
        "INSERT INTO endpoint_state (endpoint_id, shard, committed, since, machine) VALUES ($1, 's00', 'up', now(), '{}')",
        [id],
      );
    cut.deps.redis.disconnect();
    const answer = await askAs(cut, workspace.ownerId, `${workspace.base}/`);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toContain("Still listed");
    expect(text).toContain(">stale<");
  } finally {
    await cut.close();
  }
});

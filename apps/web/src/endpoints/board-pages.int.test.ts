/** From the public board into a workspace: follow, claim, notices. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
  seedEndpoint,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";

let dashboard: TestDashboard;
let mine: TestWorkspace;
let other: TestWorkspace;
beforeAll(async () => {
  dashboard = await openTestDashboard();
  [mine, other] = [await addWorkspace(dashboard), await addWorkspace(dashboard)];
});
afterAll(() => dashboard.close());

const onBoard = (standing: "claimed" | "unclaimed") =>
  seedEndpoint(dashboard, other.id, { visibility: "public", standing, name: "Board <docs>" });
const page = async (path: string, userId = mine.ownerId) => {
  const answer = await askAs(dashboard, userId, path);
  return { status: answer.status, text: await answer.text(), location: answer.headers.get("location") };
};
const query = async (sql: string, values: unknown[]) =>
  (await dashboard.database.pool("super").query(sql, values)).rows;

test("the link of a public page leads to the workspace of who is signed in, or to signing in first", async () => {
  const { slug } = await onBoard("unclaimed");
  expect(await page(`/board/${slug}`)).toMatchObject({ status: 302, location: `${mine.base}/board/${slug}` });
  const stranger = await dashboard.app.request(`http://web.example/board/${slug}`);
  expect(stranger.headers.get("location")).toContain("/sign-in?next=");
});

test("an endpoint of the board is followed at a cadence, and no more", async () => {
  const { slug, id } = await onBoard("claimed");
  const shown = await page(`${mine.base}/board/${slug}`);
  expect(shown.text).toContain("Board &lt;docs&gt;");
  expect(
    (await postAs(dashboard, mine.ownerId, `${mine.base}/board/${slug}/follow`, { cadence_s: "300" })).status,
  ).toBe(303);
  expect(await query("SELECT tenant_id, cadence_s FROM follow WHERE endpoint_id = $1", [id])).toEqual([
    { tenant_id: mine.id, cadence_s: 300 },
  ]);
  expect((await page(`${mine.base}/board/${slug}`)).text).toContain("Stop following");
  expect((await postAs(dashboard, mine.ownerId, `${mine.base}/board/${slug}/unfollow`)).status).toBe(303);
  expect(await query("SELECT FROM follow WHERE endpoint_id = $1", [id])).toEqual([]);
});

test("beyond the plan, and at no cadence that divides a day, nothing is followed and the page says why", async () => {
  const small = await addWorkspace(dashboard, { plan: "public" });
  const [one, two] = [await onBoard("claimed"), await onBoard("claimed")];
  const follow = (slug: string, cadence: string) =>
    postAs(dashboard, small.ownerId, `${small.base}/board/${slug}/follow`, { cadence_s: cadence });
  expect((await follow(one.slug, "61")).status).toBe(400);
  await follow(one.slug, "60");
  const refused = await follow(two.slug, "60");
  expect(refused.status).toBe(402);
  expect(await refused.text()).toContain("The plan public allows 1 endpoint");
});

test("a claim shows the three proofs, looks for them, and says of each what was missing", async () => {
  const { slug } = await seedEndpoint(dashboard, other.id, {
    visibility: "public",
    standing: "unclaimed",
    url: "http://127.0.79.9:9/mcp",
  });
  const path = `${mine.base}/board/${slug}/claim`;
  const shown = await page(path);
  expect(shown.text).toMatch(/alivemcp-verify=[0-9a-f]{32}/);
  expect(shown.text).toContain("/.well-known/alivemcp.txt");
  const checked = await (await postAs(dashboard, mine.ownerId, path)).text();
  expect(checked.match(/Not found\./g)).toHaveLength(3);
  const theirs = (await page(path.replace(mine.base, other.base), other.ownerId)).text;
  expect(/alivemcp-verify=[0-9a-f]{32}/.exec(theirs)?.[0]).not.toBe(
    /alivemcp-verify=[0-9a-f]{32}/.exec(shown.text)?.[0],
  );
});

test("what is claimed by another says whom to write to; a viewer may neither follow nor claim", async () => {
  const { slug } = await onBoard("claimed");
  const path = `${mine.base}/board/${slug}/claim`;
  expect((await page(path)).text).toContain("write to");
  expect((await postAs(dashboard, mine.ownerId, path)).status).toBe(409);
  const free = await onBoard("unclaimed");
  expect((await page(`${mine.base}/board/${free.slug}/claim`, mine.viewerId)).status).toBe(403);
  for (const action of ["follow", "unfollow", "claim"]) {
    expect((await postAs(dashboard, mine.viewerId, `${mine.base}/board/${free.slug}/${action}`)).status).toBe(
      403,
    );
  }
});

test.each(["", "/claim"])("board%s: hidden endpoints of others are not found", async (path) => {
  const hidden = await seedEndpoint(dashboard, other.id, { visibility: "unlisted" });
  for (const name of [hidden.slug, hidden.id, "nobody", "%00"]) {
    expect((await page(`${mine.base}/board/${name}${path}`)).status).toBe(404);
  }
});

test("a follower who lost an endpoint reads it on the overview until somebody dismisses it", async () => {
  const { slug, id } = await onBoard("claimed");
  await postAs(dashboard, mine.ownerId, `${mine.base}/board/${slug}/follow`, { cadence_s: "60" });
  await query("UPDATE endpoints SET visibility = 'private' WHERE id = $1", [id]);
  const { text } = await page(`${mine.base}/`);
  expect(text).toContain("Board &lt;docs&gt;, which you followed, is no longer public");
  const [, dismiss = ""] = /action="([^"]+\/dismiss)"/.exec(text) ?? [];
  expect((await postAs(dashboard, other.ownerId, dismiss.replace(mine.base, other.base))).status).toBe(404);
  expect((await postAs(dashboard, mine.ownerId, dismiss)).status).toBe(303);
  expect((await page(`${mine.base}/`)).text).not.toContain("which you followed");
});

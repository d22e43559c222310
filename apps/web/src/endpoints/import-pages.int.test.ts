/** Import as a browser without JavaScript does it: choose, look, confirm. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  APP_URL,
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
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

function upload(
  bytes: string | Uint8Array<ArrayBuffer>,
  as: TestWorkspace = mine,
  userId = as.ownerId,
): Promise<Response> {
  const form = new FormData();
  form.set("_token", dashboard.deps.signer.sign("form", `session session of ${userId}`));
  form.set("file", new File([bytes], "list.csv"));
  form.set("text", "");
  return askAs(dashboard, userId, `${as.base}/endpoints/import`, {
    method: "POST",
    headers: { origin: APP_URL },
    body: form,
  });
}
const see = async (path: string | null, as = mine) => askAs(dashboard, as.ownerId, path ?? "");
const urlsOf = async (tenant: TestWorkspace) =>
  (
    await dashboard.database
      .pool("super")
      .query("SELECT url FROM endpoints WHERE tenant_id = $1 ORDER BY url", [tenant.id])
  ).rows.map(({ url }) => url);

test("a list is shown first, then added; what cannot be is said line by line and stops nothing", async () => {
  const csv = [
    "url;name;tags",
    "http://127.0.78.1:9000/mcp;Übersicht;prod|docs",
    "npx -y files;Files;",
    "http://10.0.0.1/mcp;Inside;",
    "http://127.0.78.2:9000/mcp;Second;",
    "http://127.0.78.1:9000/mcp/;Again;",
  ].join("\r\n");
  const preview = (await upload(csv)).headers.get("location");
  expect(preview).toMatch(new RegExp(`^${mine.base}/endpoints/import/`));
  const shown = await (await see(preview)).text();
  expect(shown).toContain("3 endpoints can be added, 2 entries cannot");
  expect(shown).toContain("stdio");
  expect(shown).toContain("as line 2");
  expect(await urlsOf(mine)).toEqual([]);
  const confirmed = await Promise.all([1, 2].map(() => postAs(dashboard, mine.ownerId, preview ?? "")));
  expect(confirmed.map(({ status }) => status)).toEqual([303, 303]);
  const result = await (await see(preview)).text();
  expect(result).toContain("2 endpoints added");
  expect(result).toContain("private or reserved address");
  expect(await urlsOf(mine)).toEqual(["http://127.0.78.1:9000/mcp", "http://127.0.78.2:9000/mcp"]);
  const again = (await upload(csv)).headers.get("location");
  expect(await (await see(again)).text()).toContain("You watch this URL already");
});

test("a list beyond the plan is added as far as there is room, and that is said before and after", async () => {
  const small = await addWorkspace(dashboard, { plan: "public" });
  const path = (await upload("url\nhttp://127.0.78.11:9000/\nhttp://127.0.78.12:9000/", small)).headers.get(
    "location",
  );
  expect(await (await see(path, small)).text()).toContain("room for 1 more");
  await postAs(dashboard, small.ownerId, path ?? "");
  const result = await (await see(path, small)).text();
  expect(result).toContain("1 endpoint added");
  expect(result).toContain("The plan public allows 1 endpoint");
});

test("a preview is for the session that made it: not for a colleague, not for another workspace", async () => {
  const path = (await upload("url\nhttp://127.0.78.21:9000/")).headers.get("location") ?? "";
  const elsewhere = path.replace(mine.base, other.base);
  expect((await see(elsewhere, other)).status).toBe(404);
  expect((await postAs(dashboard, other.ownerId, elsewhere)).status).toBe(404);
  expect((await see(path, other)).status).toBe(404);
  expect((await askAs(dashboard, mine.viewerId, path)).status).toBe(403);
  expect((await postAs(dashboard, mine.viewerId, path)).status).toBe(403);
  expect((await upload("url\nhttp://127.0.78.22:9000/", mine, mine.viewerId)).status).toBe(403);
  expect((await see(`${mine.base}/endpoints/import/not-an-id`)).status).toBe(404);
  expect(await urlsOf(other)).toEqual([]);
});

test("secrets in a file are neither kept nor shown", async () => {
  const file = {
    mcpServers: {
      docs: { url: "http://127.0.78.31:9000/mcp", headers: { Authorization: "Bearer hunter2" } },
    },
  };
  const path = (await upload(JSON.stringify(file))).headers.get("location");
  const shown = await (await see(path)).text();
  expect(shown).toContain("headers are not imported");
  expect(shown).not.toContain("hunter2");
  for (const key of await dashboard.store.redis.keys("import:*")) {
    expect(await dashboard.store.redis.get(key)).not.toContain("hunter2");
    expect(await dashboard.store.redis.ttl(key)).toBeGreaterThan(1_700);
  }
});

test.each([
  ["nothing", "", 400],
  ["no list of servers", '{"hello": 1}', 400],
  ["bytes that are no text", new Uint8Array([0x75, 0x72, 0x6c, 0x0a, 0xc3, 0x28]), 400],
  ["more than 1 MB", `url\n${"x".repeat(1_020_000)}`, 400],
  ["10 MB", `url\n${"x".repeat(10_000_000)}`, 400],
])("a file with %s is refused with a sentence", async (_name, content, status) => {
  const answer = await upload(content as string);
  expect(answer.status).toBe(status);
});

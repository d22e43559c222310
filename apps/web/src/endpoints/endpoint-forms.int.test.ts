/** Forms of endpoints as a browser without JavaScript posts them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
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

let hosts = 0;
const freshUrl = () => `http://127.0.77.${(hosts++ % 250) + 1}:${15_000 + hosts}/mcp`;
const FIELDS = {
  url: "",
  name: "",
  transport: "auto",
  visibility: "unlisted",
  cadence_s: "60",
  confirmation_period_s: "30",
  tags: "",
  group: "",
  runbook_url: "",
  health_kind: "auto",
  health_tool: "",
  health_arguments: "",
  expected_tools: "",
  latency_degraded_ms: "5000",
  degraded_after_minutes: "3",
  degraded_cleared_after_minutes: "2",
};
const post = (path: string, fields: Record<string, string> = {}, as = mine) =>
  postAs(dashboard, as.ownerId, `${mine.base}${path}`, fields);
const add = async (fields: Partial<typeof FIELDS> = {}) => {
  const answer = await post("/endpoints/new", { ...FIELDS, url: freshUrl(), ...fields });
  expect(answer.status).toBe(303);
  return answer.headers.get("location")?.split("/").at(-1) ?? "";
};
const rowOf = async (slug: string) =>
  (await dashboard.database.pool("super").query("SELECT * FROM endpoints WHERE slug = $1", [slug])).rows[0];
const rowCount = async () =>
  (await dashboard.database.pool("super").query("SELECT count(*)::int AS n FROM endpoints")).rows[0].n;

describe("adding", () => {
  test("a URL alone is enough; the browser goes to its page", async () => {
    const url = freshUrl();
    const slug = await add({ url });
    expect(await rowOf(slug)).toMatchObject({
      url,
      tenant_id: mine.id,
      visibility: "unlisted",
      cadence_s: 60,
    });
    expect((await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/${slug}`)).status).toBe(200);
  });

  test("every option of the form is stored", async () => {
    const slug = await add({
      url: "http://127.0.77.252:16000/mcp",
      name: "Docs Übersicht",
      tags: "Prod, money,, prod",
      group: "Core",
      health_kind: "named",
      health_tool: "ping",
      health_arguments: '{"deep": true}',
      expected_tools: "find\n\nping\n",
      ...{ health_read_only: "1", regions: "eu-west" },
      ...{ assertion_kind_0: "equals", assertion_path_0: "", assertion_value_0: "" },
      ...{ assertion_kind_1: "equals", assertion_path_1: "$.ok", assertion_value_1: "true" },
      ...{ assertion_kind_2: "matches", assertion_path_2: "$.version", assertion_value_2: "^2" },
      ...{ health_url_0: "", health_url_1: "http://127.0.77.252/health", health_url_minutes_1: "5" },
    } as never);
    const row = await rowOf(slug);
    expect(row).toMatchObject({
      name: "Docs Übersicht",
      tags: ["money", "prod"],
      group_name: "Core",
      regions: ["eu-west"],
      expected_tools: ["find", "ping"],
      health_urls: [{ url: "http://127.0.77.252/health", everyMinutes: 5, isStatusChecked: false }],
      health: {
        kind: "named",
        tool: "ping",
        arguments: { deep: true },
        assertions: [
          { kind: "equals", path: "$.ok", value: true },
          { kind: "matches", path: "$.version", pattern: "^2" },
        ],
      },
    });
  });

  test.each([
    ["no URL", { url: "" }, "url"],
    ["a stdio command", { url: "npx -y some-server" }, "url"],
    ["a private address", { url: "http://10.1.2.3/mcp" }, "url"],
    ["a name with a control character", { name: "a\u0007b" }, "name"],
    ["a cadence that does not divide a day", { cadence_s: "61" }, "cadence_s"],
    ["a cadence below the plan's", { cadence_s: "30" }, "cadence_s"],
    ["a confirmation period that is no number", { confirmation_period_s: "soon" }, "confirmation_period_s"],
    ["a runbook that is a script", { runbook_url: "javascript:alert(1)" }, "runbook_url"],
    [
      "arguments that are no JSON",
      { health_kind: "named", health_tool: "x", health_arguments: "{" },
      "health_arguments",
    ],
    ["a tool nobody confirmed", { health_kind: "named", health_tool: "x" }, "health_read_only"],
    [
      "a path that is none",
      {
        assertion_path_3: "$[",
        assertion_kind_3: "equals",
        assertion_path_0: "",
        assertion_path_1: "",
        assertion_path_2: "",
      },
      "assertion_path_3",
    ],
    [
      "a health URL on another domain",
      { health_url_0: "", health_url_1: "http://other.example/x" },
      "health_url_1",
    ],
    ["a region from elsewhere", { regions: "mars-north" }, "regions"],
    ["the board without proof", { visibility: "public" }, "visibility"],
  ])(
    "%s is said next to its field; what was typed stays and nothing is stored",
    async (_name, fields, field) => {
      const before = await rowCount();
      const answer = await post("/endpoints/new", {
        ...FIELDS,
        url: freshUrl(),
        group: "Typed before",
        ...fields,
      });
      const page = await answer.text();
      expect([400, 402, 403]).toContain(answer.status);
      expect(page).toContain(`href="#${field}"`);
      expect(page).toMatch(new RegExp(`id="${field}(-problem)?"`));
      expect(page).toContain("Typed before");
      expect(await rowCount()).toBe(before);
    },
  );

  test("what is typed is never markup", async () => {
    const answer = await post("/endpoints/new", { ...FIELDS, url: "<script>x", name: '"><img src=x>' });
    const page = await answer.text();
    expect(page).not.toMatch(/<script>x|<img src=x>/);
  });

  test("a URL that is watched already leads to its endpoint", async () => {
    const url = freshUrl();
    const slug = await add({ url });
    const answer = await post("/endpoints/new", { ...FIELDS, url: `${url}/` });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain(`${mine.base}/endpoints/${slug}"`);
  });

  test("fields that no form has are not stored", async () => {
    const slug = await add({
      ...{ is_demo: "1", standing: "claimed", tenant_id: other.id, retention_class: "enterprise" },
    } as never);
    expect(await rowOf(slug)).toMatchObject({
      is_demo: false,
      standing: "added",
      tenant_id: mine.id,
      retention_class: "team",
    });
  });

  test("Enter in a field adds it: the first button of the form is no other", async () => {
    const page = await (await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/new`)).text();
    const [first] = page.slice(page.indexOf('<form class="endpoint-form"')).match(/<button[^>]*>/) ?? [];
    expect(first).toContain('type="submit"');
    expect(first).not.toContain("name=");
  });

  test("more lines for assertions come without JavaScript and without saving", async () => {
    const before = await rowCount();
    const page = await (
      await post("/endpoints/new", {
        ...FIELDS,
        url: freshUrl(),
        more: "assertions",
        assertion_path_0: "$.kept",
      })
    ).text();
    expect(page).toContain("$.kept");
    expect(page).toContain('id="assertion_path_2"');
    expect(await rowCount()).toBe(before);
  });
});

describe("settings", () => {
  test("show what is stored and save what is changed, once", async () => {
    const slug = await add({ name: "Before", tags: "prod" });
    const page = await (await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/${slug}/edit`)).text();
    expect(page).toContain('value="Before"');
    const [first] = page.slice(page.indexOf('<form class="endpoint-form"')).match(/<button[^>]*>/) ?? [];
    expect(first, "the first button of the form saves").not.toContain("name=");
    const revision = /name="revision" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const { url } = await rowOf(slug);
    const change = { ...FIELDS, url, slug, name: "After", tags: "prod", revision };
    const saved = await post(`/endpoints/${slug}/edit`, change);
    expect(saved.status).toBe(303);
    expect(await rowOf(slug)).toMatchObject({ name: "After", tags: ["prod"] });
    const late = await post(`/endpoints/${slug}/edit`, { ...change, name: "Late" });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain("Somebody changed this endpoint meanwhile");
    expect((await rowOf(slug)).name).toBe("After");
  });

  test("a new address is where the browser goes, and the old one leads there", async () => {
    const slug = await add({ name: "Docs" });
    const { url } = await rowOf(slug);
    const page = await (await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/${slug}/edit`)).text();
    const revision = /name="revision" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const answer = await post(`/endpoints/${slug}/edit`, {
      ...FIELDS,
      url,
      name: "Docs",
      slug: "papers",
      revision,
    });
    const next = answer.headers.get("location") ?? "";
    expect(next).toMatch(/\/endpoints\/papers-[0-9a-f]{16}\/edit$/);
    const old = await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/${slug}/edit`);
    expect(old.status).toBe(301);
    expect(old.headers.get("location")).toBe(next);
    const status = await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/${slug}`);
    expect([status.status, status.headers.get("location")]).toEqual([301, next.replace(/\/edit$/, "")]);
  });

  test("pause, resume and delete do what they say", async () => {
    const slug = await add();
    await post(`/endpoints/${slug}/pause`);
    expect(await rowOf(slug)).toMatchObject({ paused_reason: "owner" });
    await post(`/endpoints/${slug}/resume`);
    expect(await rowOf(slug)).toMatchObject({ paused_at: null });
    expect(
      await (await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/${slug}/delete`)).text(),
    ).toContain("Delete for good");
    expect(await rowOf(slug)).toBeDefined();
    expect((await post(`/endpoints/${slug}/delete`)).status).toBe(303);
    expect(await rowOf(slug)).toBeUndefined();
  });
});

describe("who does not belong", () => {
  const paths = ["/edit", "/delete"];
  const posts = ["/edit", "/pause", "/resume", "/delete"];

  test.each([...paths.map((path) => ["GET", path]), ...posts.map((path) => ["POST", path])])(
    "%s %s of another tenant's endpoint is not found in one's own workspace, nor is that workspace",
    async (method, path) => {
      const slug = await add();
      for (const base of [mine.base, other.base]) {
        const url = `${base}/endpoints/${slug}${path}`;
        const answer =
          method === "GET"
            ? await askAs(dashboard, other.ownerId, url)
            : await postAs(dashboard, other.ownerId, url, { ...FIELDS, url: freshUrl(), slug });
        expect(answer.status).toBe(404);
      }
      expect(await rowOf(slug)).toMatchObject({ tenant_id: mine.id, paused_at: null });
    },
  );

  test.each([
    ["GET", "/endpoints/new"],
    ["POST", "/endpoints/new"],
    ["GET", "/endpoints/SLUG/edit"],
    ["POST", "/endpoints/SLUG/edit"],
    ["POST", "/endpoints/SLUG/pause"],
    ["POST", "/endpoints/SLUG/resume"],
    ["GET", "/endpoints/SLUG/delete"],
    ["POST", "/endpoints/SLUG/delete"],
  ])("%s %s: a viewer may not", async (method, path) => {
    const slug = await add();
    const url = `${mine.base}${path.replace("SLUG", slug)}`;
    const answer =
      method === "GET"
        ? await askAs(dashboard, mine.viewerId, url)
        : await postAs(dashboard, mine.viewerId, url, { ...FIELDS, url: freshUrl(), slug });
    expect(answer.status).toBe(403);
  });
});

test.each([
  ["10 MB", { "content-type": "application/x-www-form-urlencoded" }, `url=${"x".repeat(10_000_000)}`],
  ["JSON", { "content-type": "application/json" }, "{}"],
  ["a form that breaks off", { "content-type": "multipart/form-data; boundary=b" }, "--b\r\nnonsense"],
])("a body of %s is refused as the caller's mistake", async (_name, headers, body) => {
  const before = await rowCount();
  const answer = await askAs(dashboard, mine.ownerId, `${mine.base}/endpoints/new`, {
    method: "POST",
    headers,
    body,
  });
  expect([400, 403]).toContain(answer.status);
  expect(await rowCount()).toBe(before);
});

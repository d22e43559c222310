import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
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
let endpointId = "";
let privateId = "";

beforeAll(async () => {
  dashboard = await openTestDashboard();
  mine = await addWorkspace(dashboard);
  endpointId = await addEndpoint("unlisted", "Docs <b>");
  privateId = await addEndpoint("private", "Vault");
});
afterAll(() => dashboard.close());

async function addEndpoint(visibility: string, name: string): Promise<string> {
  const slug = `e-${randomUUID()}`;
  const { rows } = await dashboard.database.pool("super").query(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     SELECT id, $2, $3, $4, $4, 'h', 'h', $5, 'added', 'team' FROM tenants WHERE '/w/' || slug = $1 RETURNING id`,
    [mine.base, slug, name, `https://${slug}.example/mcp`, visibility],
  );
  return rows[0].id;
}
const page = async (path: string, userId = mine.ownerId) => {
  const answer = await askAs(dashboard, userId, path);
  return { status: answer.status, text: await answer.text() };
};
const post = async (path: string, fields: Record<string, string>, userId = mine.ownerId) => {
  const answer = await postAs(dashboard, userId, path, fields);
  return { status: answer.status, to: answer.headers.get("location"), text: await answer.text() };
};
const newSlug = () => `p-${randomUUID().slice(0, 8)}`;

test("an owner makes a page, changes it and takes it away", async () => {
  const slug = newSlug();
  expect((await page(`${mine.base}/pages`)).text).toContain("No status page yet");
  const form = await page(`${mine.base}/pages/new`);
  expect(form.text).toContain("Docs &lt;b&gt; (unlisted)");
  expect(form.text).toContain("One private endpoint is never on a public page.");
  expect(form.text).not.toContain("Vault");
  const made = await post(`${mine.base}/pages/new`, {
    slug,
    title: "Acme",
    description: "",
    endpoint: endpointId,
  });
  expect(made).toMatchObject({ status: 303, to: `${mine.base}/pages` });
  expect((await page(`${mine.base}/pages`)).text).toContain(`https://status.example/p/${slug}`);
  expect((await page(`${mine.base}/pages/${slug}`)).text).toContain(`value="${endpointId}" checked`);
  const changed = await post(`${mine.base}/pages/${slug}`, {
    title: "New",
    description: "d",
    endpoint: endpointId,
  });
  expect(changed.status).toBe(303);
  expect((await page(`${mine.base}/pages/${slug}`)).text).toContain("<h1>New</h1>");
  expect((await post(`${mine.base}/pages/${slug}/delete`, {})).status).toBe(303);
  expect((await page(`${mine.base}/pages/${slug}`)).status).toBe(404);
});

test.each<[string, Record<string, string>, string]>([
  ["no endpoint", { slug: "acme", title: "A", description: "" }, "Choose at least one endpoint."],
  ["no title", { slug: "acme", title: "", description: "", endpoint: "one" }, "This may not be empty."],
  [
    "an address that is none",
    { slug: "a/b", title: "A", description: "", endpoint: "one" },
    "Letters, digits and hyphens",
  ],
])("400: %s, said beside the field, and what was typed is kept", async (_case, fields, words) => {
  const endpoint = fields.endpoint === undefined ? {} : { endpoint: endpointId };
  const refused = await post(`${mine.base}/pages/new`, { ...fields, ...endpoint });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain(words);
  expect(refused.text).toContain(`value="${fields.slug}"`);
});

test("400: a private endpoint cannot be smuggled onto a page", async () => {
  const slug = newSlug();
  const refused = await post(`${mine.base}/pages/new`, {
    slug,
    title: "A",
    description: "",
    endpoint: privateId,
  });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("is private: it is on no public page");
});

test("404: another workspace's page, to see, to change, to take away", async () => {
  const other = await addWorkspace(dashboard);
  const slug = newSlug();
  await post(`${mine.base}/pages/new`, { slug, title: "Mine", description: "", endpoint: endpointId });
  const path = `${other.base}/pages/${slug}`;
  expect((await page(path, other.ownerId)).status).toBe(404);
  const fields = { title: "x", description: "", endpoint: endpointId };
  expect((await post(path, fields, other.ownerId)).status).toBe(404);
  expect((await post(`${path}/delete`, {}, other.ownerId)).status).toBe(404);
  expect((await page(`${mine.base}/pages`, other.ownerId)).status).toBe(404);
  expect((await page(`${mine.base}/pages/${slug}`)).text).toContain("<h1>Mine</h1>");
});

test("a host name is asked for, its DNS record said, and nothing is shown there before it is found", async () => {
  const slug = newSlug();
  await post(`${mine.base}/pages/new`, { slug, title: "Mine", description: "", endpoint: endpointId });
  const path = `${mine.base}/pages/${slug}`;
  expect((await page(path)).text).toContain("Own host name");
  const look = await post(`${path}/host`, { host: "Status.Acme-Sample.com" });
  expect(look.status).toBe(200);
  expect(look.text).toContain("_alivemcp.status.acme-sample.com");
  expect(look.text).toMatch(/alivemcp-verify=[0-9a-f]{32}/);
  expect(look.text).toContain("Look again");
  const refused = await post(`${path}/host`, { host: "localhost" });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("not on the public internet");
  expect((await post(`${path}/host/delete`, {})).status).toBe(303);
  const other = await addWorkspace(dashboard);
  const theirs = `${other.base}/pages/${slug}/host`;
  expect((await post(theirs, { host: "status.acme-sample.com" }, other.ownerId)).status).toBe(404);
  expect((await post(`${theirs}/delete`, {}, other.ownerId)).status).toBe(404);
});

test("a logo is uploaded and taken away; what is no picture is refused beside the field, and 404 for strangers", async () => {
  const slug = newSlug();
  await post(`${mine.base}/pages/new`, { slug, title: "Mine", description: "", endpoint: endpointId });
  const upload = (content: string, base = mine.base, userId = mine.ownerId) => {
    const form = new FormData();
    form.set("_token", dashboard.deps.signer.sign("form", `session session of ${userId}`));
    form.set("logo", new File([Buffer.from(content, "latin1")], "logo.png", { type: "image/png" }));
    const { origin } = new URL(dashboard.deps.config.APP_URL);
    return askAs(dashboard, userId, `${base}/pages/${slug}/logo`, {
      method: "POST",
      headers: { origin },
      body: form,
    });
  };
  const picture = "\x89PNG\r\n\x1a\n sample";
  expect((await upload(picture)).status).toBe(303);
  const path = `${mine.base}/pages/${slug}`;
  expect((await page(path)).text).toContain(`https://status.example/p/${slug}/logo`);
  const refused = await upload("<svg onload=alert(1)>");
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("SVG among them");
  const other = await addWorkspace(dashboard);
  expect((await upload(picture, other.base, other.ownerId)).status).toBe(404);
  expect((await post(`${other.base}/pages/${slug}/logo/delete`, {}, other.ownerId)).status).toBe(404);
  expect((await post(`${path}/logo/delete`, {})).status).toBe(303);
  expect((await page(path)).text).not.toContain("Take the logo away");
});

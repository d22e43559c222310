import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestMember, addTestUser } from "../../../../db/test/tenant.ts";
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
let stranger: string;
beforeAll(async () => {
  dashboard = await openTestDashboard();
  [mine, stranger] = await Promise.all([addWorkspace(dashboard), addTestUser(dashboard.database)]);
});
afterAll(() => dashboard.close());

const rows = async (sql: string, values: unknown[] = []) =>
  (await dashboard.database.pool("super").query(sql, values)).rows;
const page = async (userId: string, path: string) => {
  const answer = await askAs(dashboard, userId, path);
  return { status: answer.status, text: await answer.text() };
};
const post = async (userId: string, path: string, fields: Record<string, string> = {}) => {
  const answer = await postAs(dashboard, userId, path, fields);
  return { status: answer.status, to: answer.headers.get("location"), text: await answer.text() };
};
/** An address that nobody has. */
const newAddress = () => `${crypto.randomUUID()}@example.com`;
const idOf = async (email: string) =>
  (await rows("SELECT id FROM invitations WHERE email = $1", [email]))[0]?.id as string;

describe("every page and form of a workspace", () => {
  const PAGES = ["members", "keys", "audit", "settings"];
  const FORMS: Readonly<Record<string, Record<string, string>>> = {
    "members/invite": { email: "x@example.com", role: "viewer" },
    "members/role": { user_id: "x", role: "admin" },
    "members/remove": { user_id: "x" },
    "members/invitations/resend": { invitation_id: "x" },
    "members/invitations/revoke": { invitation_id: "x" },
    keys: { name: "x", life: "90", "scope-read": "1" },
    "keys/revoke": { key_id: "x" },
    "settings/name": { name: "x", slug: "x" },
    "settings/transfer": { user_id: "x", confirmation: "x" },
    "settings/leave": {},
    "settings/delete": { confirmation: "x" },
    "settings/keep": {},
  };

  test.each([...PAGES.map((path) => [path, null] as const), ...Object.entries(FORMS)])(
    "%s of another tenant is not found, and nothing of it is told",
    async (path, fields) => {
      const other = await addWorkspace(dashboard);
      const answer =
        fields === null
          ? await page(mine.ownerId, `${other.base}/${path}`)
          : await post(mine.ownerId, `${other.base}/${path}`, fields);
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain(other.id);
    },
  );

  test.each(Object.entries(FORMS).filter(([path]) => path !== "settings/leave"))(
    "a viewer who posts %s all the same gets 403 and changes nothing",
    async (path, fields) => {
      const workspace = await addWorkspace(dashboard);
      const { status, text } = await post(workspace.viewerId, `${workspace.base}/${path}`, fields);
      expect(status).toBe(403);
      expect(text).toContain("As a viewer you may not");
      expect(await rows("SELECT id FROM audit_log WHERE tenant_id = $1", [workspace.id])).toEqual([]);
    },
  );

  test("a viewer sees no control that they may not use", async () => {
    const { text } = await page(mine.viewerId, `${mine.base}/members`);
    expect(text).toContain("An owner or admin can invite people");
    expect(text).not.toContain("members/invite");
    expect(text).not.toContain("members/role");
    expect(text).not.toContain(`${mine.base}/audit`);
    expect(text).not.toContain(`${mine.base}/keys`);
    const settings = await page(mine.viewerId, `${mine.base}/settings`);
    expect(settings.text).toContain("settings/leave");
    for (const control of ["settings/name", "settings/transfer", "settings/delete", "export.json"]) {
      expect(settings.text).not.toContain(control);
    }
    expect((await page(mine.viewerId, `${mine.base}/audit`)).status).toBe(403);
    expect((await page(mine.viewerId, `${mine.base}/keys`)).status).toBe(403);
  });

  test("who is signed out is led to the sign-in", async () => {
    const answer = await dashboard.app.request(`http://web.example${mine.base}/members`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toBe(
      `/sign-in?next=${encodeURIComponent(`${mine.base}/members`)}`,
    );
  });
});

describe("inviting", () => {
  test("shows the invitation, which can be taken back", async () => {
    const email = newAddress();
    const path = `${mine.base}/members`;
    expect(
      await post(mine.ownerId, `${path}/invite`, { email: ` ${email.toUpperCase()} `, role: "admin" }),
    ).toMatchObject({
      status: 303,
      to: path,
    });
    expect((await page(mine.ownerId, path)).text).toContain(email);
    await post(mine.ownerId, `${path}/invitations/revoke`, { invitation_id: await idOf(email) });
    expect((await page(mine.ownerId, path)).text).not.toContain(email);
  });

  test.each([
    ["an address that is none", { email: "nobody", role: "admin" }, 400, "This is not an e-mail address"],
    ["no role", { email: "a@example.com", role: "owner" }, 400, "Choose a role"],
  ])("%s is refused beside its field, with what was typed kept", async (_name, fields, status, sentence) => {
    const answer = await post(mine.ownerId, `${mine.base}/members/invite`, fields);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(sentence);
    expect(answer.text).toContain(`value="${fields.email}"`);
    expect(answer.text).toContain('aria-invalid="true"');
  });

  test("on a plan that is full says what the limit is and who can lift it", async () => {
    const small = await addWorkspace(dashboard, { plan: "public" });
    const email = newAddress();
    const answer = await post(small.ownerId, `${small.base}/members/invite`, { email, role: "viewer" });
    expect(answer.status).toBe(402);
    expect(answer.text).toContain("The plan public allows 1 member");
    expect(answer.text).toContain("operators set the plan");
    expect(answer.text).toContain(`value="${email}"`);
  });

  test("a name of a colleague with markup in it is shown as text", async () => {
    const workspace = await addWorkspace(dashboard);
    await rows("UPDATE users SET name = $2 WHERE id = $1", [workspace.viewerId, `<img src=x onerror="a">`]);
    const { text } = await page(workspace.ownerId, `${workspace.base}/members`);
    expect(text).toContain("&lt;img src=x");
    expect(text).not.toContain("<img");
  });
});

describe("the link of an invitation", () => {
  async function invited(role = "viewer") {
    const workspace = await addWorkspace(dashboard);
    const email = newAddress();
    const token = crypto.randomUUID().replaceAll("-", "").padEnd(43, "x");
    await rows(
      `INSERT INTO invitations (tenant_id, email, role, token_hash, invited_by, expires_at)
       VALUES ($1, $2, $3, encode(sha256($4::bytea), 'hex'), $5, $6)`,
      [workspace.id, email, role, token, workspace.ownerId, new Date(dashboard.clock.atMs + 1_000)],
    );
    return { workspace, email, path: `/invitations/${token}` };
  }

  test("tells who is signed out which address to sign in with, and leads back", async () => {
    const { email, path } = await invited();
    const answer = await dashboard.app.request(`http://web.example${path}`);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toContain(email);
    expect(text).toContain(`/sign-in?next=${encodeURIComponent(path)}`);
    expect(text).toContain(`/sign-up?next=${encodeURIComponent(path)}`);
  });

  test("lets in the person it was sent to, as what it says, and a second click leads there again", async () => {
    const { workspace, email, path } = await invited();
    const guest = await addTestUser(dashboard.database, email);
    expect((await page(guest, path)).text).toContain("Join");
    expect(await post(guest, path)).toMatchObject({ status: 303, to: `${workspace.base}/` });
    expect(await post(guest, path)).toMatchObject({ status: 303, to: `${workspace.base}/` });
    expect((await page(guest, `${workspace.base}/members`)).status).toBe(200);
    expect(
      await post(guest, `${workspace.base}/members/invite`, { email: newAddress(), role: "viewer" }),
    ).toMatchObject({
      status: 403,
    });
  });

  test("tells somebody else with which address to sign in, and lets nobody in", async () => {
    const { workspace, email, path } = await invited();
    const shown = await page(stranger, path);
    expect(shown.text).toContain(`Sign in with ${email} to join`);
    expect(shown.text).toContain('action="/sign-out"');
    expect(shown.text).not.toContain(`method="post" action="${path}"`);
    expect((await post(stranger, path)).status).toBe(409);
    expect((await page(stranger, `${workspace.base}/`)).status).toBe(404);
  });

  test("that expired, or never was, says so", async () => {
    const { email, path } = await invited();
    const guest = await addTestUser(dashboard.database, email);
    dashboard.clock.atMs += 1_000;
    expect((await page(guest, path)).text).toContain("has expired");
    expect((await post(guest, path)).status).toBe(409);
    for (const token of ["x", "a".repeat(43), "%00", "a".repeat(5_000)]) {
      expect((await page(guest, `/invitations/${token}`)).status).toBe(404);
      expect((await post(guest, `/invitations/${token}`)).status).toBe(404);
    }
  });
});

test("a role that changes, and a member who is removed, are gone with their sentence; what cannot be is said", async () => {
  const workspace = await addWorkspace(dashboard);
  const path = `${workspace.base}/members`;
  await post(workspace.ownerId, `${path}/role`, { user_id: workspace.viewerId, role: "member" });
  expect(await rows("SELECT role FROM members WHERE user_id = $1", [workspace.viewerId])).toEqual([
    { role: "member" },
  ]);
  expect(await post(workspace.ownerId, `${path}/remove`, { user_id: workspace.ownerId })).toMatchObject({
    status: 303,
  });
  expect(await rows("SELECT role FROM members WHERE user_id = $1", [workspace.ownerId])).toEqual([
    { role: "owner" },
  ]);
  await post(workspace.ownerId, `${path}/remove`, { user_id: workspace.viewerId });
  expect((await page(workspace.viewerId, `${workspace.base}/`)).status).toBe(404);
  expect((await post(workspace.ownerId, `${path}/remove`, { user_id: stranger })).status).toBe(404);
});

describe("settings", () => {
  test("rename, refuse a taken address beside its field, and lead to the new address", async () => {
    const workspace = await addWorkspace(dashboard);
    const path = `${workspace.base}/settings`;
    const taken = await post(workspace.ownerId, `${path}/name`, { name: "Neu <b>", slug: mine.slug });
    expect(taken.status).toBe(409);
    expect(taken.text).toContain("Another workspace has this address.");
    expect(taken.text).toContain('value="Neu &lt;b&gt;"');
    const slug = `new-${crypto.randomUUID().slice(0, 8)}`;
    expect(await post(workspace.ownerId, `${path}/name`, { name: "Neu", slug })).toMatchObject({
      status: 303,
      to: `/w/${slug}/settings`,
    });
    expect((await page(workspace.ownerId, `/w/${slug}/settings`)).text).toContain('value="Neu"');
  });

  test("say what of the plan is used, and what it keeps paused", async () => {
    const workspace = await addWorkspace(dashboard);
    await seedEndpoint(dashboard, workspace.id);
    const paused = await seedEndpoint(dashboard, workspace.id);
    await rows("UPDATE endpoints SET paused_at = now(), paused_reason = 'plan' WHERE id = $1", [paused.id]);
    await post(workspace.ownerId, `${workspace.base}/members/invite`, {
      email: newAddress(),
      role: "viewer",
    });
    const { text } = await page(workspace.viewerId, `${workspace.base}/settings`);
    expect(text).toContain("1 of 50");
    expect(text).toContain("3 of 10");
    expect(text).toContain("One endpoint is paused because the plan allows no more");
  });

  test("delete only with the name typed, say so everywhere, and undo it", async () => {
    const workspace = await addWorkspace(dashboard);
    const path = `${workspace.base}/settings`;
    const wrong = await post(workspace.ownerId, `${path}/delete`, { confirmation: "no" });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain("exactly as it is shown");
    expect(await post(workspace.ownerId, `${path}/delete`, { confirmation: workspace.slug })).toMatchObject({
      status: 303,
    });
    expect((await page(workspace.viewerId, `${workspace.base}/`)).text).toContain("is erased on 2026-12-04");
    expect((await post(workspace.ownerId, `${path}/name`, { name: "x", slug: workspace.slug })).status).toBe(
      403,
    );
    expect((await page(workspace.ownerId, path)).text).toContain(`${path}/keep`);
    await post(workspace.ownerId, `${path}/keep`);
    expect((await page(workspace.ownerId, `${workspace.base}/`)).text).not.toContain("is erased on");
  });

  test("hand over to another member, with the name typed", async () => {
    const workspace = await addWorkspace(dashboard);
    const path = `${workspace.base}/settings/transfer`;
    const fields = { user_id: workspace.viewerId, confirmation: workspace.slug };
    const wrong = await post(workspace.ownerId, path, { ...fields, confirmation: "" });
    expect(wrong.status).toBe(400);
    expect(await post(workspace.ownerId, path, fields)).toMatchObject({ status: 303 });
    expect((await page(workspace.viewerId, `${workspace.base}/settings`)).text).toContain("settings/delete");
    expect((await page(workspace.ownerId, `${workspace.base}/settings`)).text).not.toContain(
      "settings/delete",
    );
  });

  test("let a viewer leave, and not the owner", async () => {
    const workspace = await addWorkspace(dashboard);
    expect(await post(workspace.viewerId, `${workspace.base}/settings/leave`)).toMatchObject({
      status: 303,
      to: "/",
    });
    expect((await page(workspace.viewerId, `${workspace.base}/`)).status).toBe(404);
    const owner = await post(workspace.ownerId, `${workspace.base}/settings/leave`);
    expect(owner.status).toBe(409);
  });
});

describe("keys", () => {
  test("are shown once when they are made, and revoked", async () => {
    const path = `${mine.base}/keys`;
    const made = await post(mine.ownerId, path, {
      name: "Deploys",
      life: "30",
      "scope-read": "1",
      "scope-drift:write": "1",
    });
    expect(made.status).toBe(200);
    const token = /amk_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{32,}/.exec(made.text)?.[0];
    expect(token).toBeDefined();
    const listed = await page(mine.ownerId, path);
    expect(listed.text).toContain("Deploys");
    expect(listed.text).toContain("read, drift:write");
    expect(listed.text).not.toContain(token);
    const [key] = await rows("SELECT id, expires_at FROM api_keys WHERE tenant_id = $1", [mine.id]);
    expect(key.expires_at.getTime()).toBe(dashboard.clock.atMs + 30 * 86_400_000);
    expect(await post(mine.ownerId, `${path}/revoke`, { key_id: key.id })).toMatchObject({ status: 303 });
    expect((await page(mine.ownerId, path)).text).toContain("revoked");
  });

  test("without a name or a scope are refused beside the field, with what was chosen kept", async () => {
    const answer = await post(mine.ownerId, `${mine.base}/keys`, { name: "", life: "365" });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("This may not be empty.");
    expect(answer.text).toContain("Choose what the key may do.");
    expect(answer.text).toContain('value="365" selected');
  });
});

test("the audit log is shown newest first with names, filtered, a page at a time", async () => {
  const workspace = await addWorkspace(dashboard);
  const admin = await addTestUser(dashboard.database);
  await addTestMember(dashboard.database, { tenantId: workspace.id, userId: admin, role: "admin" });
  await post(admin, `${workspace.base}/members/role`, { user_id: workspace.viewerId, role: "member" });
  for (let n = 0; n < 55; n += 1) {
    await post(workspace.ownerId, `${workspace.base}/settings/name`, {
      name: `Name ${n}`,
      slug: workspace.slug,
    });
  }
  const path = `${workspace.base}/audit`;
  const first = await page(workspace.ownerId, path);
  expect(first.text.match(/<code>workspace.update/g)).toHaveLength(50);
  const older = /href="([^"]*before=[^"]*)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const second = await page(workspace.ownerId, older);
  expect(second.text.match(/<code>workspace.update/g)).toHaveLength(5);
  expect(second.text).toContain("member.change_role");
  const filtered = await page(workspace.ownerId, `${path}?actor=${admin}`);
  expect(filtered.text).toContain("member.change_role");
  expect(filtered.text).not.toContain("<code>workspace.update");
  expect((await page(workspace.ownerId, `${path}?action=key`)).text).toContain("Nothing fits this filter");
  expect((await page(workspace.ownerId, `${path}?before=abc&actor=%00`)).status).toBe(200);
});

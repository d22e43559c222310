import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillEveryTable } from "../../../../db/test/every-table.ts";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  seedEndpoint,
  type TestDashboard,
} from "../../test/open-test-dashboard.ts";
import { openTestWeb, PASSWORD, signUp, type TestBrowser, type TestWeb } from "../../test/open-test-web.ts";

let dashboard: TestDashboard;
beforeAll(async () => {
  dashboard = await openTestDashboard({ nowMs: Date.now() });
});
afterAll(() => dashboard.close());

const rows = async (sql: string, values: unknown[] = []) =>
  (await dashboard.database.pool("super").query(sql, values)).rows;
const get = (userId: string, path: string) => askAs(dashboard, userId, path);

async function addFilledWorkspace() {
  const workspace = await addWorkspace(dashboard);
  const endpoint = await seedEndpoint(dashboard, workspace.id, { name: "The one" });
  const [{ email }] = (await rows("SELECT email FROM users WHERE id = $1", [workspace.ownerId])) as [
    { email: string },
  ];
  await fillEveryTable(dashboard.database, {
    tenantId: workspace.id,
    userId: workspace.ownerId,
    endpointId: endpoint.id,
    endpointNumber: endpoint.number,
    email,
  });
  return { workspace, endpoint, email };
}

describe("the export of a workspace", () => {
  test("is one JSON text with all of it and of nobody else, without secrets, and is in the audit log", async () => {
    const { workspace, endpoint } = await addFilledWorkspace();
    const other = await addFilledWorkspace();
    const answer = await get(workspace.ownerId, `${workspace.base}/export.json`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(answer.headers.get("content-disposition")).toMatch(
      /^attachment; filename="alivemcp-t-[0-9a-f-]+-\d{4}-\d\d-\d\d\.json"$/,
    );
    const text = await answer.text();
    const data = JSON.parse(text);
    expect(data).toMatchObject({
      workspace: { slug: workspace.slug, plan: "team" },
      members: [{ role: "owner" }, { role: "viewer" }],
      invitations: [{ role: "viewer" }],
      api_keys: [{ name: "k", scopes: ["read"] }],
      endpoint_credential: [{ kind: "bearer" }],
      endpoints: [
        {
          id: endpoint.id,
          name: "The one",
          probe_day: [{}],
          drift_event: [{}],
          state_span: [{}],
          transition: [{}],
        },
      ],
      audit_log: [{ action: "workspace.export" }, { action: "test" }],
    });
    const hash = data.audit_log[1].contentHash as string;
    const [{ token }] = (await rows("SELECT left(encode(sha256($1), 'hex'), 40) AS token", [
      workspace.id,
    ])) as [{ token: string }];
    expect(text.replaceAll(hash, "")).not.toContain(token.slice(0, 32));
    for (const name of ["token_hash", "secret_hash", "sealed", "wrapped_key", "password", "machine"]) {
      expect(text).not.toContain(`"${name}"`);
    }
    expect(text).not.toContain(other.workspace.id);
    expect(text).not.toContain(other.endpoint.id);
  });

  test("is for its owner: a viewer gets 403, another tenant 404, and neither is told anything", async () => {
    const { workspace } = await addFilledWorkspace();
    const other = await addWorkspace(dashboard);
    for (const [userId, status] of [
      [workspace.viewerId, 403],
      [other.ownerId, 404],
    ] as const) {
      const answer = await get(userId, `${workspace.base}/export.json`);
      expect(answer.status).toBe(status);
      expect(await answer.text()).not.toContain("The one");
    }
  });

  test("of a workspace with hundreds of endpoints and lines is whole", async () => {
    const workspace = await addWorkspace(dashboard);
    await Promise.all(Array.from({ length: 61 }, () => seedEndpoint(dashboard, workspace.id)));
    await rows(
      `INSERT INTO audit_log (tenant_id, actor_kind, action, target_kind) SELECT $1, 'system', 'test', 'x' FROM generate_series(1, 2500)`,
      [workspace.id],
    );
    const data = JSON.parse(await (await get(workspace.ownerId, `${workspace.base}/export.json`)).text());
    expect(data.endpoints).toHaveLength(61);
    expect(new Set(data.endpoints.map(({ id }: { id: string }) => id)).size).toBe(61);
    expect(data.audit_log).toHaveLength(2_501);
  });

  test("is still there while the workspace is suspended or on its way out", async () => {
    const workspace = await addWorkspace(dashboard);
    await rows("UPDATE tenants SET suspended_at = now() WHERE id = $1", [workspace.id]);
    expect((await get(workspace.ownerId, `${workspace.base}/export.json`)).status).toBe(200);
  });
});

test("the export of a person holds their lists, and no password, token or code", async () => {
  const { workspace, email } = await addFilledWorkspace();
  await rows("UPDATE accounts SET password = 'scrypt-hash' WHERE user_id = $1", [workspace.ownerId]);
  const [{ token }] = (await rows("SELECT token FROM sessions WHERE user_id = $1", [workspace.ownerId])) as [
    { token: string },
  ];
  const answer = await get(workspace.ownerId, "/account/data/export.json");
  const text = await answer.text();
  expect(answer.status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    profile: [{ email }],
    sessions: [{}],
    sign_in_methods: [{ provider: "credential" }],
    workspaces: [{ address: workspace.slug, role: "owner" }],
    account_log: [],
  });
  expect(text).not.toContain("scrypt-hash");
  expect(text).not.toContain(token);
  const again = JSON.parse(await (await get(workspace.ownerId, "/account/data/export.json")).text());
  expect(again.account_log).toMatchObject([{ action: "account.export" }]);
});

describe("deleting one's account", () => {
  let web: TestWeb;
  beforeAll(async () => {
    web = await openTestWeb();
  });
  afterAll(() => web.close());
  const asked = async (sql: string, email: string) =>
    (await web.database.pool("super").query(sql, [email])).rows;
  const requestedAt = async (email: string) =>
    (await asked("SELECT deletion_requested_at AS at FROM users WHERE email = $1", email))[0]?.at;
  const sessionsOf = (email: string) =>
    asked("SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1", email);
  const leaveWorkspaces = (email: string) =>
    asked("DELETE FROM members m USING users u WHERE u.id = m.user_id AND u.email = $1", email);
  const ask = (browser: TestBrowser, confirmation: string, password: string = PASSWORD) =>
    browser.submit("/account/data", { confirmation, password }, "/account/data/delete");

  test("signs out at once and is asked for, once address and password were typed", async () => {
    const { email, browser } = await signUp(web);
    await leaveWorkspaces(email);
    const wrong = await ask(browser, "somebody@example.com");
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain("exactly as it is shown");
    const borrowed = await ask(browser, email, "not my password");
    expect(borrowed.status).toBe(400);
    expect(borrowed.text).toContain("That is not your password.");
    expect(await requestedAt(email)).toBeNull();
    const right = await ask(browser, ` ${email.toUpperCase()} `);
    expect(right.location).toBe("/sign-in");
    expect(await requestedAt(email)).toBeInstanceOf(Date);
    expect(await sessionsOf(email)).toEqual([]);
  });

  test("is refused while one owns a workspace, naming it", async () => {
    const { email, browser } = await signUp(web);
    const base = (await browser.get("/")).location;
    // The page has no form for it then.
    const answer = await browser.submit(
      "/account",
      { confirmation: email, password: PASSWORD },
      "/account/data/delete",
    );
    expect(answer.status).toBe(409);
    expect(answer.text).toContain(`${base}settings`);
    expect(await requestedAt(email)).toBeNull();
  });

  test("waits for a workspace that is on its way out, and can be taken back until then", async () => {
    const { email, browser } = await signUp(web, { name: "Ada" });
    const base = (await browser.get("/")).location ?? "";
    await browser.submit(`${base}settings`, { confirmation: "Ada" }, `${base}settings/delete`);
    await ask(browser, email);
    expect(await requestedAt(email)).toBeInstanceOf(Date);
    expect((await browser.get("/account/data")).text).toContain("/account/data/keep");
    await browser.submit("/account/data", {}, "/account/data/keep");
    expect(await requestedAt(email)).toBeNull();
    expect(
      await asked(
        "SELECT action FROM audit_log a JOIN users u ON u.id::text = a.actor_id WHERE u.email = $1 AND tenant_id IS NULL AND action IN ('account.delete', 'account.keep') ORDER BY a.id",
        email,
      ),
    ).toEqual([{ action: "account.delete" }, { action: "account.keep" }]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillEveryTable } from "../../../../db/test/every-table.ts";
import { addTestUser } from "../../../../db/test/tenant.ts";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
  seedEndpoint,
  type TestDashboard,
} from "../../test/open-test-dashboard.ts";

let dashboard: TestDashboard;
beforeAll(async () => {
  dashboard = await openTestDashboard({ nowMs: Date.now() });
});
afterAll(() => dashboard.close());

const rows = async (sql: string, values: unknown[] = []) =>
  (await dashboard.database.pool("super").query(sql, values)).rows;
const get = (userId: string, path: string) => askAs(dashboard, userId, path);
const post = (userId: string, path: string, fields: Record<string, string> = {}) =>
  postAs(dashboard, userId, path, fields);

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
  const requestedAt = async (userId: string) =>
    (await rows("SELECT deletion_requested_at AS at FROM users WHERE id = $1", [userId]))[0]?.at;
  /** The dashboard of the test names every viewer so. */
  const EMAIL = "ada@example.com";

  test("signs out at once and is asked for, once the address was typed", async () => {
    const userId = await addTestUser(dashboard.database);
    await rows(
      "INSERT INTO sessions (user_id, token, expires_at) VALUES ($1, $2, now() + interval '1 day')",
      [userId, userId],
    );
    const wrong = await post(userId, "/account/data/delete", { confirmation: "somebody@example.com" });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("exactly as it is shown");
    expect(await requestedAt(userId)).toBeNull();
    const right = await post(userId, "/account/data/delete", { confirmation: ` ${EMAIL.toUpperCase()} ` });
    expect(right.headers.get("location")).toBe("/sign-in");
    expect(await requestedAt(userId)).toBeInstanceOf(Date);
    expect(await rows("SELECT id FROM sessions WHERE user_id = $1", [userId])).toEqual([]);
  });

  test("is refused while one owns a workspace, naming it", async () => {
    const workspace = await addWorkspace(dashboard);
    const answer = await post(workspace.ownerId, "/account/data/delete", { confirmation: EMAIL });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain(`${workspace.base}/settings`);
    expect(await requestedAt(workspace.ownerId)).toBeNull();
  });

  test("waits for a workspace that is on its way out, and can be taken back until then", async () => {
    const workspace = await addWorkspace(dashboard);
    await post(workspace.ownerId, `${workspace.base}/settings/delete`, { confirmation: workspace.slug });
    await post(workspace.ownerId, "/account/data/delete", { confirmation: EMAIL });
    expect(await requestedAt(workspace.ownerId)).toBeInstanceOf(Date);
    expect(await (await get(workspace.ownerId, "/account/data")).text()).toContain("/account/data/keep");
    await post(workspace.ownerId, "/account/data/keep");
    expect(await requestedAt(workspace.ownerId)).toBeNull();
    expect(
      await rows("SELECT action FROM audit_log WHERE actor_id = $1 AND tenant_id IS NULL ORDER BY id", [
        workspace.ownerId,
      ]),
    ).toEqual([{ action: "account.delete" }, { action: "account.keep" }]);
  });
});

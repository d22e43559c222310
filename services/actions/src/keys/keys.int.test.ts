import { parseApiKey } from "@alivemcp/core/api-key";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import type { Scope } from "@alivemcp/core/permissions";
import { findApiKeyByPrefix, touchApiKey } from "@alivemcp/db/queries/api-keys-identity";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import type { Caller } from "../caller.ts";
import { createKey, KEY_LIFE_MS_MAX, LIVE_KEYS_MAX, type NewKeyInput } from "./create-key.ts";
import { listKeys } from "./list-keys.ts";
import { revokeKey } from "./revoke-key.ts";

const DAY_MS = 86_400_000;
const t0 = Date.UTC(2026, 10, 21);
let nowMs = t0;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app"), clock: { nowMs: () => nowMs } });
const adminOf = (tenant: TestTenant): Caller => ({
  scope: tenant.scope,
  actor: { kind: "member", userId: tenant.ownerId, role: "admin" },
  requestId: null,
  address: null,
});
const keyCaller = (tenant: TestTenant, keyId: string, scopes: readonly Scope[]): Caller => ({
  ...adminOf(tenant),
  actor: { kind: "api-key", keyId, scopes },
});
const input = (changes: Partial<NewKeyInput> = {}): NewKeyInput => ({
  name: "deploys",
  scopes: ["read"],
  expiresAtMs: null,
  ...changes,
});

test("a new key is shown once: what is stored is the hash of its secret, found by its prefix", async () => {
  const tenant = await addTestTenant(database);
  const { key, token } = await createKey(deps(), adminOf(tenant), input());
  const parts = parseApiKey(token);
  const { rows } = await database.pool("super").query("SELECT * FROM api_keys WHERE id = $1", [key.id]);
  expect(rows[0]).toMatchObject({ prefix: parts?.prefix, secret_hash: sha256Hex(parts?.secret ?? "") });
  expect(JSON.stringify([rows, key])).not.toContain(parts?.secret);
  const found = await findApiKeyByPrefix(database.pool("identity"), parts?.prefix ?? "");
  expect(found).toMatchObject({ id: key.id, tenantId: tenant.id, scopes: ["read"], plan: { name: "team" } });
});

test("creating and revoking are in the audit log, without the secret", async () => {
  const tenant = await addTestTenant(database);
  const { key } = await createKey(deps(), adminOf(tenant), input());
  await revokeKey(deps(), adminOf(tenant), key.id);
  await revokeKey(deps(), adminOf(tenant), key.id);
  const { rows } = await database
    .pool("super")
    .query("SELECT action, target_id FROM audit_log WHERE tenant_id = $1 ORDER BY id", [tenant.id]);
  expect(rows).toEqual([
    { action: "key.create", target_id: key.id },
    { action: "key.revoke", target_id: key.id },
  ]);
});

test("keys are listed newest first, page by page, each exactly once", async () => {
  const tenant = await addTestTenant(database);
  for (let n = 0; n < 5; n += 1) {
    nowMs = t0 + Math.floor(n / 2);
    await createKey(deps(), adminOf(tenant), input({ name: `key ${n}` }));
  }
  nowMs = t0;
  const first = await listKeys(deps(), adminOf(tenant), { before: null, limit: 3 });
  const last = first[2];
  const before = last ? { createdAtMs: last.createdAt.getTime(), id: last.id } : null;
  const second = await listKeys(deps(), adminOf(tenant), { before, limit: 3 });
  const names = [...first, ...second].map(({ name }) => name);
  expect(names[0]).toBe("key 4");
  expect(names.toSorted()).toEqual(["key 0", "key 1", "key 2", "key 3", "key 4"]);
});

test("another workspace neither sees nor ends a key", async () => {
  const [mine, other] = await Promise.all([addTestTenant(database), addTestTenant(database)]);
  const { key } = await createKey(deps(), adminOf(mine), input());
  expect(await listKeys(deps(), adminOf(other), { before: null, limit: 10 })).toEqual([]);
  for (const id of [key.id, "no-uuid", `${key.id}'`]) {
    await expect(revokeKey(deps(), adminOf(other), id)).rejects.toMatchObject({ code: "not_found" });
  }
  expect((await listKeys(deps(), adminOf(mine), { before: null, limit: 10 }))[0]?.revokedAt).toBeNull();
});

test.each([
  ["in the past", -1],
  ["now", 0],
  ["in more than two years", KEY_LIFE_MS_MAX + 1],
])("a key cannot expire %s", async (_name, afterMs) => {
  const tenant = await addTestTenant(database);
  await expect(
    createKey(deps(), adminOf(tenant), input({ expiresAtMs: t0 + afterMs })),
  ).rejects.toMatchObject({ code: "invalid", field: "expires_at" });
});

test("a key gives only scopes it has itself, and no life longer than its own", async () => {
  const tenant = await addTestTenant(database);
  const scopes: readonly Scope[] = ["read", "keys:write"];
  const expiresAtMs = t0 + DAY_MS;
  const { key } = await createKey(deps(), adminOf(tenant), input({ scopes, expiresAtMs }));
  const asKey = keyCaller(tenant, key.id, scopes);
  const attempt = (changes: Partial<NewKeyInput>) =>
    createKey(deps(), asKey, input({ expiresAtMs, ...changes }));
  await expect(attempt({ scopes: ["read", "endpoints:write"] })).rejects.toMatchObject({
    code: "forbidden",
    field: "scopes",
    public: expect.stringContaining("endpoints:write"),
  });
  await expect(attempt({ expiresAtMs: null })).rejects.toMatchObject({
    code: "forbidden",
    field: "expires_at",
  });
  await expect(attempt({ expiresAtMs: expiresAtMs + 1 })).rejects.toMatchObject({ code: "forbidden" });
  expect((await attempt({ scopes: ["read"] })).key).toMatchObject({ createdBy: null, scopes: ["read"] });
});

test("a workspace has a bounded number of live keys; ended ones do not count", async () => {
  const tenant = await addTestTenant(database);
  const { key } = await createKey(deps(), adminOf(tenant), input());
  await database.pool("super").query(
    `INSERT INTO api_keys (tenant_id, prefix, secret_hash, name, scopes)
     SELECT $1::uuid, substr(md5(n || ($1::uuid)::text), 1, 8), repeat('0', 64), 'many', '{read}' FROM generate_series(2, $2::int) n`,
    [tenant.id, LIVE_KEYS_MAX],
  );
  await expect(createKey(deps(), adminOf(tenant), input())).rejects.toMatchObject({ code: "limit_reached" });
  await revokeKey(deps(), adminOf(tenant), key.id);
  expect((await createKey(deps(), adminOf(tenant), input())).token).toMatch(/^amk_live_/);
});

test("a use is noted at most once a minute", async () => {
  const tenant = await addTestTenant(database);
  const { key } = await createKey(deps(), adminOf(tenant), input());
  const touch = (atMs: number) =>
    touchApiKey(database.pool("identity"), {
      id: key.id,
      at: new Date(atMs),
      unlessSince: new Date(atMs - 60_000),
    });
  const lastUsedMs = async () =>
    (await listKeys(deps(), adminOf(tenant), { before: null, limit: 1 }))[0]?.lastUsedAt?.getTime();
  await touch(t0);
  await touch(t0 + 59_999);
  expect(await lastUsedMs()).toBe(t0);
  await touch(t0 + 60_000);
  expect(await lastUsedMs()).toBe(t0 + 60_000);
});

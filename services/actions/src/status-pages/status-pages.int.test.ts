import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import type { Caller } from "../caller.ts";
import { createStatusPage, removeStatusPage, saveStatusPage } from "./change-status-page.ts";
import { getStatusPage, listStatusPages } from "./list-status-pages.ts";

let database: TestDatabase;
let mine: TestTenant;
let other: TestTenant;
const ids: Record<string, string> = {};

beforeAll(async () => {
  database = await openTestDatabase();
  [mine, other] = [await addTestTenant(database), await addTestTenant(database)];
  for (const [name, tenant, visibility] of [
    ["one", mine, "unlisted"],
    ["two", mine, "public"],
    ["hidden", mine, "private"],
    ["foreign", other, "unlisted"],
    ["board", other, "public"],
  ] as const) {
    const slug = `${name}-${randomUUID()}`;
    const { rows } = await database.pool("super").query(
      `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
       VALUES ($1, $2, $3, $4, $4, 'h', 'h', $5, 'added', 'team') RETURNING id`,
      [tenant.id, slug, name, `https://${slug}.example/mcp`, visibility],
    );
    ids[name] = rows[0].id;
  }
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app") });
const callerOf = (tenant: TestTenant, role: "owner" | "member" | "viewer" = "owner"): Caller => ({
  scope: tenant.scope,
  actor: { kind: "member", userId: tenant.ownerId, role },
  requestId: null,
  address: null,
});
const page = (names: readonly string[], slug = `p-${randomUUID().slice(0, 8)}`) => ({
  slug,
  title: "Acme",
  description: null,
  endpointIds: names.map((name) => ids[name] ?? ""),
});

test("a page keeps its endpoints in the order they were given, and is changed whole", async () => {
  const made = await createStatusPage(deps(), callerOf(mine), page(["two", "one"]));
  expect((await getStatusPage(deps(), callerOf(mine), made.slug)).endpointIds).toEqual([ids.two, ids.one]);
  await saveStatusPage(deps(), callerOf(mine), {
    ...page(["one"], made.slug),
    title: "New",
    description: "d",
  });
  expect(await getStatusPage(deps(), callerOf(mine), made.slug)).toMatchObject({
    title: "New",
    description: "d",
    endpointIds: [ids.one],
  });
  await removeStatusPage(deps(), callerOf(mine), made.slug);
  expect(await listStatusPages(deps(), callerOf(mine))).toEqual([]);
});

test.each([
  ["a private endpoint", "hidden", "is private"],
  ["another workspace's endpoint", "foreign", "not in this workspace"],
  ["one of the board that is not followed", "board", "not in this workspace"],
])("%s is on no page", async (_case, name, words) => {
  await expect(createStatusPage(deps(), callerOf(mine), page(["one", name]))).rejects.toMatchObject({
    code: "invalid",
    field: "endpoints",
    public: expect.stringContaining(words),
  });
  expect(await listStatusPages(deps(), callerOf(mine))).toEqual([]);
});

test("an address is given once, whoever asks, and another workspace's page is not found", async () => {
  const made = await createStatusPage(deps(), callerOf(other), page(["foreign"]));
  await expect(createStatusPage(deps(), callerOf(mine), page(["one"], made.slug))).rejects.toMatchObject({
    code: "conflict",
    field: "slug",
  });
  const tries = [
    () => getStatusPage(deps(), callerOf(mine), made.slug),
    () => saveStatusPage(deps(), callerOf(mine), page(["one"], made.slug)),
    () => removeStatusPage(deps(), callerOf(mine), made.slug),
  ];
  for (const attempt of tries) {
    await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
  }
  expect((await getStatusPage(deps(), callerOf(other), made.slug)).endpointIds).toEqual([ids.foreign]);
});

test.each(["member", "viewer"] as const)("a %s changes no page, and sees them", async (role) => {
  await expect(createStatusPage(deps(), callerOf(mine, role), page(["one"]))).rejects.toMatchObject({
    code: "forbidden",
  });
  expect(await listStatusPages(deps(), callerOf(mine, role))).toEqual([]);
});

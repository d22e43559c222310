import { randomUUID } from "node:crypto";
import type { TxtResolution } from "@alivemcp/probe/resolve-txt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf, openTestActions, type TestActions } from "../../test/action-deps.ts";
import { getStatusPage } from "./list-status-pages.ts";
import { removePageHost, verifyPageHost } from "./page-host.ts";

let actions: TestActions;
beforeAll(async () => {
  actions = await openTestActions();
});
afterAll(() => actions.close());

/** What the name servers hold, by name. */
const zone = new Map<string, TxtResolution>();
const verify = (tenant: TestTenant, slug: string, host: string) =>
  verifyPageHost(
    { ...actions.deps, resolveTxt: async (name) => zone.get(name) ?? { kind: "none" } },
    callerOf(tenant),
    { slug, host },
  );
const newHost = () => `s-${randomUUID().slice(0, 8)}.acme-sample.com`;

async function addPage(tenant?: TestTenant): Promise<{ tenant: TestTenant; slug: string }> {
  const owner = tenant ?? (await addTestTenant(actions.database));
  const slug = `p-${randomUUID().slice(0, 8)}`;
  await actions.database
    .pool("super")
    .query("INSERT INTO status_page (tenant_id, slug, title) VALUES ($1, $2, 'Acme')", [owner.id, slug]);
  return { tenant: owner, slug };
}
async function prove(page: { tenant: TestTenant; slug: string }, host: string) {
  const { dnsName, proof } = await verify(page.tenant, page.slug, host);
  zone.set(dnsName, { kind: "records", records: ["v=spf1 -all", proof] });
  return verify(page.tenant, page.slug, host);
}
const hostOf = async ({ tenant, slug }: { tenant: TestTenant; slug: string }) =>
  (await getStatusPage(actions.deps, callerOf(tenant), slug)).host;

test("a page gets a host once its TXT record is there, and not before", async () => {
  const page = await addPage();
  const host = newHost();
  const first = await verify(page.tenant, page.slug, ` ${host.toUpperCase()}. `);
  expect(first).toMatchObject({ host, isVerified: false, dnsName: `_alivemcp.${host}` });
  expect(await hostOf(page)).toBeNull();
  zone.set(first.dnsName, { kind: "records", records: [`alivemcp-verify=${"0".repeat(32)}`] });
  expect(await verify(page.tenant, page.slug, host)).toMatchObject({
    isVerified: false,
    sentence: expect.stringContaining("another text"),
  });
  zone.set(first.dnsName, { kind: "failed" });
  expect((await verify(page.tenant, page.slug, host)).sentence).toContain("did not answer in time");
  expect(await hostOf(page)).toBeNull();
  expect((await prove(page, host)).isVerified).toBe(true);
  expect(await hostOf(page)).toBe(host);
});

test("another host takes the place of the first, and giving it up frees the name", async () => {
  const page = await addPage();
  const [one, two] = [newHost(), newHost()];
  await prove(page, one);
  await prove(page, two);
  expect(await hostOf(page)).toBe(two);
  await removePageHost(actions.deps, callerOf(page.tenant), page.slug);
  expect(await hostOf(page)).toBeNull();
  const next = await addPage();
  await prove(next, two);
  expect(await hostOf(next)).toBe(two);
});

test("a host belongs to one page: who comes second is refused, and keeps the host it had", async () => {
  const [first, second] = [await addPage(), await addPage()];
  const [host, other] = [newHost(), newHost()];
  await prove(first, host);
  await prove(second, other);
  await expect(prove(second, host)).rejects.toMatchObject({ code: "conflict", field: "host" });
  expect([await hostOf(first), await hostOf(second)]).toEqual([host, other]);
});

test("the proof of one page proves nothing for another, nor of another workspace", async () => {
  const page = await addPage();
  const host = newHost();
  const proofs = await Promise.all(
    [page, await addPage(page.tenant), await addPage()].map(
      async ({ tenant, slug }) => (await verify(tenant, slug, host)).proof,
    ),
  );
  expect(new Set(proofs).size).toBe(3);
});

test.each([
  ["an address", "192.0.2.7", "address"],
  ["an address of six", "[2001:db8::1]", "address"],
  ["localhost", "localhost", "not on the public internet"],
  ["a public suffix", "co.uk", "nobody's"],
  ["a private public suffix", "github.io", "nobody's"],
  ["a URL", "https://status.acme-sample.com/", "not a host name"],
  ["a wildcard", "*.acme-sample.com", "not a host name"],
  ["our own name", "status.test", "AliveMCP"],
  ["one below ours", "x.app.test", "AliveMCP"],
])("%s is refused with a sentence", async (_case, host, words) => {
  const page = await addPage();
  await expect(verify(page.tenant, page.slug, host)).rejects.toMatchObject({
    code: "invalid",
    field: "host",
    public: expect.stringContaining(words),
  });
});

test("another workspace's page is not found, and who may not write pages is refused", async () => {
  const [page, other] = [await addPage(), await addPage()];
  await expect(verify(other.tenant, page.slug, newHost())).rejects.toMatchObject({ code: "not_found" });
  await expect(removePageHost(actions.deps, callerOf(other.tenant), page.slug)).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(
    verifyPageHost(actions.deps, callerOf(page.tenant, "member"), { slug: page.slug, host: newHost() }),
  ).rejects.toMatchObject({ code: "forbidden" });
});

test("after ten looks in a minute the next is refused", async () => {
  const page = await addPage();
  const deps = { ...actions.deps, clock: { nowMs: () => 1_800_000_000_000 } };
  const look = () => verifyPageHost(deps, callerOf(page.tenant), { slug: page.slug, host: newHost() });
  for (let n = 0; n < 10; n += 1) {
    await look();
  }
  await expect(look()).rejects.toMatchObject({ code: "rate_limited" });
});

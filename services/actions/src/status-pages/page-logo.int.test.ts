import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf } from "../../test/action-deps.ts";
import { getStatusPage } from "./list-status-pages.ts";
import { LOGO_BYTES_MAX, removePageLogo, setPageLogo } from "./page-logo.ts";

let database: TestDatabase;
let mine: TestTenant;
const slug = `p-${randomUUID().slice(0, 8)}`;
beforeAll(async () => {
  database = await openTestDatabase();
  mine = await addTestTenant(database);
  await database
    .pool("super")
    .query("INSERT INTO status_page (tenant_id, slug, title) VALUES ($1, $2, 'Acme')", [mine.id, slug]);
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app") });
const bytesOf = (head: string, length = 40) => Buffer.from(head.padEnd(length, "\0"), "latin1");
const PNG = "\x89PNG\r\n\x1a\n";
const put = (bytes: Uint8Array, caller = callerOf(mine)) => setPageLogo(deps(), caller, { slug, bytes });
const hasLogo = async () => (await getStatusPage(deps(), callerOf(mine), slug)).hasLogo;

test.each([
  ["PNG", PNG],
  ["JPEG", "\xff\xd8\xff\xe0"],
  ["WebP", "RIFF\x10\0\0\0WEBP"],
])("%s is taken in place of the one before, and can be taken away", async (_name, head) => {
  await put(bytesOf(head, LOGO_BYTES_MAX));
  await put(bytesOf(head));
  expect(await hasLogo()).toBe(true);
  await removePageLogo(deps(), callerOf(mine), slug);
  expect(await hasLogo()).toBe(false);
});

test.each([
  ["SVG", bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script/>'), "SVG among them"],
  ["HTML", bytesOf("<!doctype html><script>"), "no PNG"],
  ["GIF", bytesOf("GIF89a"), "no PNG"],
  ["a sound in the same container", bytesOf("RIFF\x10\0\0\0WAVE"), "no PNG"],
  ["nothing", new Uint8Array(), "no PNG"],
  ["a PNG above 200 KiB", bytesOf(PNG, LOGO_BYTES_MAX + 1), "larger than 200 KiB"],
])("%s is refused with a sentence", async (_name, bytes, words) => {
  await expect(put(bytes)).rejects.toMatchObject({
    code: "invalid",
    field: "logo",
    public: expect.stringContaining(words),
  });
  expect(await hasLogo()).toBe(false);
});

test("another workspace's page is not found, and who may not write pages is refused", async () => {
  const other = await addTestTenant(database);
  await expect(put(bytesOf(PNG), callerOf(other))).rejects.toMatchObject({ code: "not_found" });
  await expect(removePageLogo(deps(), callerOf(other), slug)).rejects.toMatchObject({ code: "not_found" });
  await expect(put(bytesOf(PNG), callerOf(mine, "member"))).rejects.toMatchObject({ code: "forbidden" });
});

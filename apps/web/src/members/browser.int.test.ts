/** A colleague joins, in real browsers: invited by one, without JavaScript in the other. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examinePage, hasBrowser, LOOKS } from "../../../../services/pages/test/browser.ts";
import { openTestSite, type TestSite } from "../../test/open-test-site.ts";
import { freshEmail, linkIn, PASSWORD } from "../../test/open-test-web.ts";

let site: TestSite;
beforeAll(async () => {
  if (hasBrowser) {
    site = await openTestSite();
  }
});
afterAll(() => site?.close());

/** Somebody who signed up and owns a new workspace: their page, and the workspace's path. */
async function openAsOwner(options: Parameters<TestSite["open"]>[0] = {}) {
  const opened = await site.open(options);
  await opened.page.goto("/sign-in");
  await signUpHere(opened.page, { name: "Zoë Miller", email: freshEmail("owner") });
  await opened.page.waitForURL("**/w/*/");
  return { ...opened, base: new URL(opened.page.url()).pathname.replace(/\/$/, "") };
}

async function invite(page: Page, base: string, email: string): Promise<string> {
  await page.goto(`${base}/members`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Role", { exact: true }).selectOption("viewer");
  await page.getByRole("button", { name: "Send the invitation", exact: true }).click();
  await page.getByText(`We sent an invitation to ${email}`).waitFor();
  const mail = await site.web.mailbox.waitFor(email, ({ subject }) => subject.includes("invites you"));
  return /\/invitations\/[\w-]{43}/.exec(mail.text)?.[0] ?? "no link";
}

/** Signs up from the page that is open, and comes back to it by the link of the mail. */
async function signUpHere(
  page: Page,
  { name, email }: { readonly name: string; readonly email: string },
): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  const mail = await site.web.mailbox.waitFor(email, ({ subject }) => !subject.includes("invites you"));
  await page.goto(linkIn(mail));
  await page.getByRole("button", { name: "Confirm address" }).click();
}

describe.skipIf(!hasBrowser)("in a browser", () => {
  test("somebody who is invited signs up, joins as viewer and cannot edit, all without JavaScript", async () => {
    const owner = await openAsOwner();
    const email = freshEmail("guest");
    const path = await invite(owner.page, owner.base, email);

    const guest = await site.open({ javaScriptEnabled: false });
    await guest.page.goto(path);
    await guest.page.getByText(email).waitFor();
    await signUpHere(guest.page, { name: "Bo Guest", email });
    expect(new URL(guest.page.url()).pathname).toBe(path);
    await guest.page.getByRole("button", { name: /^Join/ }).click();
    await guest.page.getByText(/^You belong to .* now\.$/).waitFor();
    expect(new URL(guest.page.url()).pathname).toBe(`${owner.base}/`);

    expect(await guest.page.getByRole("link", { name: "API keys" }).count()).toBe(0);
    await guest.page.goto(`${owner.base}/members`);
    expect(await guest.page.getByRole("main").getByRole("button").count()).toBe(0);
    expect(await guest.page.getByText("Viewer").count()).toBe(1);
    for (const closed of ["endpoints/new", "keys", "audit", "export.json"]) {
      expect((await guest.page.goto(`${owner.base}/${closed}`))?.status(), closed).toBe(403);
    }
    await owner.page.reload();
    expect(await owner.page.getByText("Bo Guest").count()).toBeGreaterThan(0);
    expect([...owner.errors, ...guest.errors]).toEqual([]);
  });

  test("on the plan public an invitation is refused beside the field, with the reason and what was typed", async () => {
    const owner = await openAsOwner();
    const slug = owner.base.slice("/w/".length);
    await site.web.database.pool("super").query("UPDATE tenants SET plan = 'public' WHERE slug = $1", [slug]);
    await owner.page.goto(`${owner.base}/members`);
    await owner.page.getByLabel("E-mail").fill("colleague@example.com");
    await owner.page.getByRole("button", { name: "Send the invitation", exact: true }).click();
    await owner.page.getByText("The plan public allows 1 member").waitFor();
    expect(await owner.page.getByLabel("E-mail").inputValue()).toBe("colleague@example.com");
    await examinePage(owner.page, "invite-refused");
  });

  test.each(LOOKS)(
    "%s: axe finds nothing serious on any page of members, keys, audit log, settings and data",
    async (look, options) => {
      const { page, base, errors } = await openAsOwner(options);
      const path = await invite(page, base, freshEmail("guest"));
      await invite(page, base, freshEmail("a-person-with-quite-a-long-address-indeed"));
      await examinePage(page, `members-${look}`);
      const stranger = await site.open(options);
      await stranger.page.goto(path);
      await examinePage(stranger.page, `invitation-${look}`);
      await page.goto(path);
      await page.getByText("you are signed in as").waitFor();
      await examinePage(page, `invitation-other-address-${look}`);
      await page.goto(`${base}/keys`);
      await page.getByRole("textbox", { name: "Name" }).fill("Deploys");
      await page.getByRole("button", { name: "Make the key" }).click();
      await page.getByText("Copy the key").waitFor();
      await page.locator("summary", { hasText: "Revoke" }).click();
      await examinePage(page, `keys-${look}`);
      await page.goto(`${base}/audit`);
      await page.getByText("key.create").waitFor();
      await examinePage(page, `audit-${look}`);
      await page.goto(`${base}/settings`);
      await page.getByRole("button", { name: "Delete this workspace" }).click();
      await examinePage(page, `settings-${look}`);
      await page.goto("/account/data");
      await examinePage(page, `data-${look}`);
      await page.goto(`${base}/settings`);
      const name = await page.getByRole("textbox", { name: "Name" }).inputValue();
      await page.getByLabel(/^Type “/).fill(name);
      await page.getByRole("button", { name: "Delete this workspace" }).click();
      await page.getByText("Every member was told").waitFor();
      await examinePage(page, `leaving-${look}`);
      expect([...errors, ...stranger.errors]).toEqual([]);
    },
  );
});

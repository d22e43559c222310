/** What a person meets on the way from nothing to a workspace: axe, keyboard, small screens, dark, no JavaScript. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examinePage, hasBrowser, LOOKS } from "../../../../services/pages/test/browser.ts";
import { openTestSite, type TestSite } from "../../test/open-test-site.ts";
import { freshEmail, linkIn, PASSWORD } from "../../test/open-test-web.ts";

let site: TestSite;

beforeAll(async () => {
  if (hasBrowser) {
    site = await openTestSite({ GITHUB_CLIENT_ID: "client", GITHUB_CLIENT_SECRET: "secret" });
  }
});
afterAll(() => site?.close());

async function signUpHere(page: Page, email: string, look: (name: string) => Promise<void>): Promise<void> {
  await page.goto("/");
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  await look("sign-in");
  await page.getByRole("main").getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("Name").fill("Zoë Miller");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  await page.getByText("Use at least 10 characters").waitFor();
  await look("sign-up-refused");
  expect(await page.getByLabel("Name").inputValue()).toBe("Zoë Miller");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  await page.getByRole("heading", { name: "Confirm your address" }).waitFor();
  await look("sign-up-sent");
  const mail = await site.web.mailbox.waitFor(email);
  await page.goto(linkIn(mail));
  await look("sign-up-confirm");
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.getByText("Your address is confirmed").waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/w\/zoe-miller/);
}

describe.skipIf(!hasBrowser)("in a browser", () => {
  test.each(LOOKS)(
    "a stranger becomes the owner of a workspace, %s, and axe finds nothing serious",
    async (look, options) => {
      const { page, errors } = await site.open(options);
      const email = freshEmail();
      const see = (name: string) => examinePage(page, `${name}-${look}`);
      await signUpHere(page, email, see);
      await see("workspace");
      await page.locator("summary", { hasText: "Account" }).click();
      await see("account-menu");
      await page.getByRole("link", { name: "Account settings" }).click();
      await see("account");
      await page.getByRole("link", { name: "Security" }).click();
      await see("security");
      await page.getByLabel("Your password").nth(1).fill(PASSWORD);
      await page.getByRole("button", { name: "Set up codes" }).click();
      await page.getByRole("heading", { name: "Set up codes" }).waitFor();
      await see("codes");
      await page.getByRole("link", { name: "Sessions" }).click();
      await see("sessions");
      await page.goto("/workspaces/new");
      await see("new-workspace");
      await page.goto("/nothing/here");
      await see("not-found");
      await page.goto("/forgot-password");
      await see("forgot-password");
      expect(errors).toEqual([]);
    },
    90_000,
  );

  test("everything works without JavaScript, and the menus too", async () => {
    const { page } = await site.open({ javaScriptEnabled: false });
    await signUpHere(page, freshEmail(), async () => {});
    await page.locator("summary", { hasText: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto("/account");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
  }, 60_000);

  test("the keyboard alone signs in: skip link, fields in order, Enter", async () => {
    const email = freshEmail();
    const { page } = await site.open();
    await signUpHere(page, email, async () => {});
    const { page: other } = await site.open();
    await other.goto("/sign-in?next=%2Faccount");
    await other.keyboard.press("Tab");
    expect(await other.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    await other.keyboard.press("Enter");
    await other.keyboard.press("Tab");
    await other.keyboard.type(email);
    await other.keyboard.press("Tab");
    await other.keyboard.type(PASSWORD);
    await other.keyboard.press("Enter");
    await other.getByRole("heading", { name: "Profile" }).waitFor();
    expect(new URL(other.url()).pathname).toBe("/account");
  }, 60_000);
});

/** What a person meets on the way from nothing to a workspace: axe, keyboard, small screens, dark, no JavaScript. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAdaptorServer } from "@hono/node-server";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshEmail, linkIn, openTestWeb, PASSWORD, type TestWeb } from "../../test/open-test-web.ts";

const CHROMIUM_PATH = "/usr/bin/chromium";
const isThere = existsSync(CHROMIUM_PATH);
if (!isThere && process.env.CI) {
  throw new Error(`browser tests need ${CHROMIUM_PATH} in CI`);
}
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Where to leave pictures of every page, to look at; nowhere when it is not set. */
const { SCREENSHOTS_FOLDER } = process.env;

let web: TestWeb;
let browser: Browser;
let server: Server;
let site = "";

beforeAll(async () => {
  if (!isThere) {
    return;
  }
  server = createAdaptorServer({ fetch: (request) => web.app.fetch(request) }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  web = await openTestWeb({
    APP_URL: site,
    GITHUB_CLIENT_ID: "client",
    GITHUB_CLIENT_SECRET: "secret",
    SIMULATED_REGIONS: "1",
  });
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: FLAGS });
});
afterAll(async () => {
  if (!isThere) {
    return;
  }
  await browser.close();
  server.closeAllConnections();
  server.close();
  await web.close();
});

/** A page of a person of their own; every error that the browser reports is one of ours. */
async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({ baseURL: site, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on("console", (message) => {
    // A refused form is an answer that Chromium also writes down.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      errors.push(message.text());
    }
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return { page, errors };
}

/** Serious findings of axe, and whether the page is wider than the screen. */
async function examine(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS_FOLDER) {
    mkdirSync(SCREENSHOTS_FOLDER, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS_FOLDER, `${name}.png`), fullPage: true });
  }
  await page.evaluate(AXE);
  const violations = await page.evaluate(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html).join(' | ')))",
  );
  const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  expect({ name, violations, overflow: Number(overflow) > 0 }).toEqual({
    name,
    violations: [],
    overflow: false,
  });
}

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
  const mail = await web.mailbox.waitFor(email);
  await page.goto(linkIn(mail));
  await look("sign-up-confirm");
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.getByText("Your address is confirmed").waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/w\/zoe-miller/);
}

const LOOKS = [
  ["wide-light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["wide-dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["narrow-light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["narrow-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
] as const;

describe.skipIf(!isThere)("in a browser", () => {
  test.each(LOOKS)(
    "a stranger becomes the owner of a workspace, %s, and axe finds nothing serious",
    async (look, options) => {
      const { page, errors } = await open(options);
      const email = freshEmail();
      const see = (name: string) => examine(page, `${name}-${look}`);
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
    const { page } = await open({ javaScriptEnabled: false });
    await signUpHere(page, freshEmail(), async () => {});
    await page.locator("summary", { hasText: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto("/account");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
  }, 60_000);

  test("the keyboard alone signs in: skip link, fields in order, Enter", async () => {
    const email = freshEmail();
    const { page } = await open();
    await signUpHere(page, email, async () => {});
    const { page: other } = await open();
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

/**
 * The first day of a workspace, on a real copy and in a real browser: a stranger signs up, confirms by mail, registers a
 * live endpoint, sees its verdict, opens its public page, copies the badge and invites a colleague, who may look only.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examinePage, hasBrowser, launchBrowser, openPage } from "../services/pages/test/browser.ts";
import { openStub } from "./bench/open-stub.ts";
import { type RunningCopy, startCopy } from "./drills/running-copy.ts";

const HOST = "127.0.77.102";
const PASSWORD = "correct horse battery staple";
const FIRST_VERDICT_WITHIN_MS = 30_000;

let copy: RunningCopy;
let browser: Browser;
let stub: { port: number; close: () => Promise<void> };
const at = (offset: number, path = "") => `http://127.0.0.1:${copy.portBase + offset}${path}`;

beforeAll(async () => {
  if (hasBrowser) {
    [copy, browser, stub] = await Promise.all([
      startCopy({ hasDemo: true }),
      launchBrowser(),
      openStub({ delayMs: 0, host: HOST }),
    ]);
  }
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await stub?.close();
  await copy?.stop();
}, 90_000);

/** Reads a mail to an address on the mailbox page, as a person would, and follows its link. */
async function followMail(page: Page, email: string, subject: RegExp): Promise<void> {
  const row = page.locator("tr", { hasText: email }).filter({ hasText: subject });
  await expect
    .poll(
      async () => {
        await page.goto(at(4));
        return row.count();
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
  await row.first().getByRole("link").click();
  const link = (await page.locator("body").innerText()).match(/http:\/\/127\.0\.0\.1:\d+\/\S+/)?.[0];
  await page.goto(link ?? "");
}

async function signUp(page: Page, name: string, email: string): Promise<void> {
  await page.goto(at(0, "/sign-up"));
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  await followMail(page, email, /Confirm your address/);
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.getByText("Your address is confirmed").waitFor();
}

/** As an operator does it: over the API, with the key that `scripts/up` prints. */
async function moveToPublicPlan(workspaceSlug: string): Promise<void> {
  const headers = { authorization: `Bearer ${copy.operatorKey}`, "content-type": "application/json" };
  const found = await fetch(at(1, `/v1/operator/tenants?text=${workspaceSlug}`), { headers });
  const { items } = (await found.json()) as { items: { id: string }[] };
  const answer = await fetch(at(1, `/v1/operator/tenants/${items[0]?.id}/plan`), {
    method: "PUT",
    headers,
    body: JSON.stringify({ plan: "public" }),
  });
  expect(answer.status).toBe(200);
}

describe.skipIf(!hasBrowser)("the first day", () => {
  test("leads from nothing to a watched endpoint, a badge, and a colleague who may look only", async () => {
    const { page, errors } = await openPage(browser, { permissions: ["clipboard-read", "clipboard-write"] });
    await signUp(page, "Ada Lovelace", "ada@example.com");
    const workspace = new URL(page.url()).pathname.replace(/\/$/, "");
    await examinePage(page, "first-day-workspace");

    await page.getByRole("link", { name: "Add endpoint" }).click();
    await page.getByLabel("URL of the endpoint").fill(`http://${HOST}:${stub.port}/mcp`);
    await page.getByLabel("Name", { exact: true }).fill("Clock");
    const askedAtMs = performance.now();
    await page.getByLabel("Name", { exact: true }).press("Enter");
    await page.waitForURL(/\/endpoints\/clock-[0-9a-f]+/);
    const endpoint = new URL(page.url()).pathname;
    const headline = page.getByRole("main").getByText("Live", { exact: true }).first();
    await headline.waitFor({ timeout: FIRST_VERDICT_WITHIN_MS });
    console.log(`first verdict on the page after ${Math.round(performance.now() - askedAtMs)} ms`);
    await examinePage(page, "first-day-endpoint");

    const slug = endpoint.split("/").at(-1) ?? "";
    const strangers = await openPage(browser);
    await strangers.page.goto(at(2, `/status/${slug}`));
    await strangers.page.getByRole("heading", { name: "Clock" }).waitFor();
    const badge = await fetch(at(2, `/badge/${slug}.svg`));
    expect(await badge.text()).toContain("live");

    await page.goto(at(0, `${endpoint}/badge`));
    await examinePage(page, "first-day-badge");
    await page.getByRole("button", { name: /Copy/ }).first().click();
    await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toContain(`/badge/${slug}.svg`);

    await page.goto(at(0, `${workspace}/members`));
    await page.getByLabel("E-mail").fill("grace@example.com");
    await page.getByLabel("Role").selectOption("viewer");
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await page.getByText("grace@example.com").first().waitFor();
    await examinePage(page, "first-day-members");

    const grace = await openPage(browser);
    await signUp(grace.page, "Grace Hopper", "grace@example.com");
    await followMail(grace.page, "grace@example.com", /invite|join/i);
    await grace.page.getByRole("button", { name: /^Join/ }).click();
    await grace.page.waitForURL((url) => url.pathname.startsWith(workspace));
    await grace.page.goto(at(0, endpoint));
    await grace.page.getByRole("heading", { name: "Clock" }).waitFor();
    const tabs = grace.page.getByRole("navigation", { name: "Endpoint" });
    expect(await tabs.getByRole("link", { name: "Settings" }).count()).toBe(0);
    const refused = await grace.page.goto(at(0, `${endpoint}/edit`));
    expect(refused?.status()).toBe(403);
    await examinePage(grace.page, "first-day-viewer-refused");

    await page.goto(at(0, `${workspace}/members`));
    await moveToPublicPlan(workspace.split("/").at(-1) ?? "");
    await page.getByLabel("E-mail").fill("third@example.com");
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await page
      .getByText(/The plan public allows 1 member/)
      .first()
      .waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe("third@example.com");
    expect([...errors, ...grace.errors, ...strangers.errors]).toEqual([]);
  }, 240_000);
});

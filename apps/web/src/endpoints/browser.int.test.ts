/** Pages about endpoints in a real browser: axe, small screens, dark, keyboard, no JavaScript. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  examinePage,
  hasBrowser,
  LOOKS,
  launchBrowser,
  openPage,
} from "../../../../services/pages/test/browser.ts";
import { type Site, serveOnLoopback } from "../../../../services/pages/test/serve-on-loopback.ts";
import {
  APP_URL,
  addWorkspace,
  openTestDashboard,
  seedEndpoint,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";

let dashboard: TestDashboard;
let site: Site;
let browser: Browser;
let other: TestWorkspace;

beforeAll(async () => {
  if (!hasBrowser) {
    return;
  }
  dashboard = await openTestDashboard();
  other = await addWorkspace(dashboard);
  site = await serveOnLoopback((request) => dashboard.app.fetch(request));
  browser = await launchBrowser([
    // The page's origin is a name of the test's own: as trustworthy as the loopback that serves it.
    `--unsafely-treat-insecure-origin-as-secure=${APP_URL}`,
    `--host-resolver-rules=MAP ${new URL(APP_URL).host}:80 127.0.0.1:${site.port}`,
  ]);
});
afterAll(async () => {
  if (!hasBrowser) {
    return;
  }
  await browser.close();
  site.close();
  await dashboard.close();
});

/** A page of the owner of this workspace; what the browser complains of is kept. */
async function open(
  workspace: TestWorkspace,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const opened = await openPage(browser, { baseURL: APP_URL, ...options });
  const cookie = { name: "test-user", value: workspace.ownerId, url: APP_URL };
  await opened.page.context().addCookies([cookie]);
  return opened;
}

let hosts = 0;
const freshUrl = () => `http://127.0.80.${(hosts++ % 250) + 1}:${16_000 + hosts}/mcp`;

describe.skipIf(!hasBrowser)("in a browser", () => {
  test.each(LOOKS)("add, change, import and delete at %s", { timeout: 120_000 }, async (look, options) => {
    const mine = await addWorkspace(dashboard);
    const { page, errors } = await open(mine, options);
    await page.goto(`${mine.base}/endpoints/new`);
    await examinePage(page, `endpoint-new-${look}`);
    await page.getByText("More options").click();
    await page.getByLabel("Name of the tool").fill("ping");
    await page.getByLabel("Health tool").selectOption("named");
    await page.getByLabel("URL of the endpoint").fill(freshUrl());
    await page.getByRole("button", { name: "Add and probe now" }).click();
    await page.getByRole("link", { name: "Confirm that this tool only reads" }).waitFor();
    expect(await page.getByLabel("Name of the tool").inputValue()).toBe("ping");
    await examinePage(page, `endpoint-new-refused-${look}`);
    await page.getByLabel("This tool only reads").check();
    await page.getByRole("button", { name: "Add and probe now" }).click();
    await page.getByText("It is watched.").waitFor();
    await page.goto(`${page.url()}/edit`);
    await examinePage(page, `endpoint-settings-${look}`);
    await page.getByRole("link", { name: "Delete…" }).click();
    await examinePage(page, `endpoint-delete-${look}`);
    await page.goto(`${mine.base}/endpoints/import`);
    await examinePage(page, `import-${look}`);
    await page.getByLabel("Or its text").fill(`url,name\n${freshUrl()},A server\nnpx -y files,Files\n`);
    await page.getByRole("button", { name: "Show what it comes to" }).click();
    await examinePage(page, `import-preview-${look}`);
    await page.getByRole("button", { name: "Add 1 endpoint" }).click();
    await page.getByRole("heading", { name: "1 endpoint added" }).waitFor();
    await examinePage(page, `import-result-${look}`);
    expect(errors).toEqual([]);
  });

  test.each(LOOKS)("follow and claim at %s", { timeout: 60_000 }, async (look, options) => {
    const mine = await addWorkspace(dashboard);
    const { page, errors } = await open(mine, options);
    const { slug } = await seedEndpoint(dashboard, other.id, {
      visibility: "public",
      standing: "unclaimed",
      name: "Listed server",
      url: `http://127.0.81.${(hosts++ % 250) + 1}:9/mcp`,
    });
    await page.goto(`/board/${slug}`);
    await examinePage(page, `board-endpoint-${look}`);
    await page.getByRole("link", { name: "Claim it" }).click();
    await examinePage(page, `claim-${look}`);
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByText("Not found.").first().waitFor();
    await examinePage(page, `claim-checked-${look}`);
    expect(errors).toEqual([]);
  });

  test("Enter in the URL field adds the endpoint, without JavaScript, too", { timeout: 60_000 }, async () => {
    for (const javaScriptEnabled of [true, false]) {
      const mine = await addWorkspace(dashboard);
      const { page } = await open(mine, { javaScriptEnabled });
      await page.goto(`${mine.base}/endpoints/new`);
      await page.getByLabel("URL of the endpoint").fill(freshUrl());
      await page.getByLabel("URL of the endpoint").press("Enter");
      await page.getByText("It is watched.").waitFor();
      await page.goto(`${page.url()}/edit`);
      await page.getByLabel("Name", { exact: true }).fill("Renamed");
      await page.getByLabel("Name", { exact: true }).press("Enter");
      await page.getByText("Saved.").waitFor();
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Renamed");
    }
  });
});

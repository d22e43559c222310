/** What a person meets on the pages of endpoints: axe, small screens, keyboard, no JavaScript, live news, the chart. */
import { COMMITTED_FIELDS, RAW_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey } from "@alivemcp/core/pipeline";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestMember } from "../../../db/test/tenant.ts";
import {
  CHROMIUM_PATH,
  examinePage,
  hasBrowser,
  launchBrowser,
  openPage,
  TWO_LOOKS,
} from "../../../services/pages/test/browser.ts";
import { type Site, serveOnLoopback } from "../../../services/pages/test/serve-on-loopback.ts";
import { FINDING, regionFields } from "../../../services/runtime/test/live-state.ts";
import {
  addWorkspace,
  openTestDashboard,
  type SeededEndpoint,
  seedEndpoint,
  seedHeartbeats,
  seedNow,
  type TestDashboard,
  type TestWorkspace,
} from "../test/open-test-dashboard.ts";
import { seedBusyTenant } from "../test/seed-busy-tenant.ts";

const BADGE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><rect width="90" height="20"/></svg>';
const ENDPOINTS = 60;

let dashboard: TestDashboard;
let browser: Browser;
let site: Site;
let workspace: TestWorkspace;
let empty: TestWorkspace;
let endpoint: SeededEndpoint;
let paths: string[] = [];

beforeAll(async () => {
  if (!hasBrowser) {
    return;
  }
  const nowMs = Date.now();
  dashboard = await openTestDashboard({ nowMs });
  [workspace, empty] = await Promise.all([addWorkspace(dashboard), addWorkspace(dashboard)]);
  await addTestMember(dashboard.database, {
    tenantId: empty.id,
    userId: workspace.ownerId,
    role: "admin",
  });
  const regions = dashboard.deps.regions.map(({ id }) => id);
  const busy = await seedBusyTenant(dashboard, {
    tenantId: workspace.id,
    endpoints: ENDPOINTS,
    regions,
    nowMs,
  });
  endpoint = await seedEndpoint(dashboard, workspace.id, { name: "Zeta, in trouble", tags: ["eu"] });
  await seedNow(dashboard, endpoint.id, {
    [RAW_FIELDS.state]: "down",
    [RAW_FIELDS.reason]: "tls_expired",
    [COMMITTED_FIELDS.state]: "down",
    [COMMITTED_FIELDS.reason]: "tls_expired",
    [COMMITTED_FIELDS.flags]: "flapping",
    ...regionFields("us-east", { ...FINDING, state: "down", reason: "tls_expired", layer: "tls" }),
  });
  await seedHeartbeats(dashboard);
  site = await serveOnLoopback(dashboard.app.fetch);
  browser = await launchBrowser();
  const home = `${workspace.base}/endpoints/${busy.slugs[0]}`;
  paths = [
    `${workspace.base}/`,
    `${workspace.base}/?show=trouble&q=nothing`,
    `${empty.base}/`,
    home,
    `${workspace.base}/endpoints/${endpoint.slug}`,
    `${home}/tools`,
    `${home}/drift/${busy.driftIds[0]}`,
    `${home}/failures`,
    `${home}/badge`,
  ];
});
afterAll(async () => {
  if (!hasBrowser) {
    return;
  }
  await browser.close();
  dashboard.stopping.abort();
  site.close();
  await dashboard.close();
});

/** A page of the owner, at a path; what the browser complains of is kept. */
async function open(
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const opened = await openPage(browser, options);
  const context = opened.page.context();
  await context.addCookies([{ name: "test-user", value: workspace.ownerId, url: site.url }]);
  await context.route("https://status.example/**", (route) =>
    route.fulfill({ contentType: "image/svg+xml", body: BADGE }),
  );
  await opened.page.goto(`${site.url}${path}`);
  return opened;
}

describe.skipIf(!hasBrowser)(`in ${CHROMIUM_PATH} (apt-get install chromium where it is missing)`, () => {
  test.each(TWO_LOOKS)("axe finds nothing serious and nothing overflows: %s", async (look, options) => {
    const { page, errors } = await open(paths[0] ?? "", options);
    for (const path of paths) {
      await page.goto(`${site.url}${path}`);
      await examinePage(page, `${look} ${path}`);
    }
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("the chart draws itself under the policy, tells its figures at a point and looks back a week", async () => {
    const { page } = await open(paths[3] ?? "");
    await page.locator(".live-chart canvas").waitFor();
    await page.locator(".live-chart .u-over").hover();
    await expect.poll(() => page.locator(".live-chart .u-legend").textContent()).toMatch(/Median:? ?\d+ ms/);
    await page.getByRole("button", { name: "7 days" }).click();
    await expect
      .poll(() => page.getByRole("button", { name: "7 days" }).getAttribute("aria-pressed"))
      .toBe("true");
    await page.context().close();
  });

  test("without JavaScript every page is whole: chart, filters, search, copying by hand", async () => {
    const { page } = await open(paths[3] ?? "", { javaScriptEnabled: false });
    expect(await page.locator(".chart svg").count()).toBe(1);
    await page.goto(`${site.url}${workspace.base}/`);
    await page.getByPlaceholder("Name, URL or tag").fill("zeta");
    await page.getByRole("button", { name: "Show" }).click();
    expect(await page.locator(".endpoints tbody tr").count()).toBe(1);
    await page.locator(".endpoints tbody a").click();
    expect(await page.locator("h1").textContent()).toBe("Zeta, in trouble");
    await page.context().close();
  });

  test("an open overview turns by itself when an endpoint recovers, and keeps what was typed", async () => {
    const { page } = await open(`${workspace.base}/`);
    await page.locator(".troubles").getByText("Zeta, in trouble").waitFor();
    await page.getByPlaceholder("Name, URL or tag").fill("half a wo");
    dashboard.clock.atMs += 5_000;
    await dashboard.store.redis.hset(nowKey(endpoint.id), {
      [RAW_FIELDS.state]: "up",
      [COMMITTED_FIELDS.state]: "up",
      [COMMITTED_FIELDS.flags]: "",
    });
    await page.locator(".troubles").getByText("Zeta, in trouble").waitFor({ state: "detached" });
    expect(await page.getByPlaceholder("Name, URL or tag").inputValue()).toBe("half a wo");
    await page.context().close();
  });

  test("a click copies a snippet", async () => {
    const { page } = await open(paths[8] ?? "", { permissions: ["clipboard-read", "clipboard-write"] });
    await page
      .locator("section.snippet", { hasText: "Markdown" })
      .getByRole("button", { name: "Copy" })
      .click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toContain(
      "[![MCP status](https://status.example/badge/",
    );
    await page.context().close();
  });

  test("the keyboard reaches the content in two steps, and every focus can be seen", async () => {
    const { page } = await open(paths[3] ?? "");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    for (let steps = 0; steps < 25; steps += 1) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
      expect(outline).not.toBe("none");
    }
    await page.context().close();
  });
});

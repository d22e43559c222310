/** What a person meets on the pages of alerting: axe, both widths and colours, no JavaScript, live news. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestMember } from "../../../db/test/tenant.ts";
import {
  examinePage,
  hasBrowser,
  LOOKS,
  launchBrowser,
  openPage,
  TWO_LOOKS,
} from "../../../services/pages/test/browser.ts";
import { type Site, serveOnLoopback } from "../../../services/pages/test/serve-on-loopback.ts";
import {
  addWorkspace,
  openTestDashboard,
  seedHeartbeats,
  type TestDashboard,
  type TestWorkspace,
} from "../test/open-test-dashboard.ts";
import { seedSink } from "../test/seed-alerting.ts";
import { type AlertingWorld, seedAlertingWorld } from "../test/seed-alerting-world.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
let dashboard: TestDashboard;
let browser: Browser;
let site: Site;
let workspace: TestWorkspace;
let empty: TestWorkspace;
let world: AlertingWorld;

beforeAll(async () => {
  if (!hasBrowser) {
    return;
  }
  site = await serveOnLoopback((request) => dashboard.app.fetch(request));
  dashboard = await openTestDashboard({ nowMs: Date.now(), appUrl: site.url });
  [workspace, empty] = await Promise.all([addWorkspace(dashboard), addWorkspace(dashboard)]);
  await addTestMember(dashboard.database, { tenantId: empty.id, userId: workspace.ownerId, role: "admin" });
  world = await seedAlertingWorld(dashboard, { tenantId: workspace.id, userId: workspace.ownerId });
  await seedHeartbeats(dashboard);
  browser = await launchBrowser();
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
  await opened.page.context().addCookies([{ name: "test-user", value: workspace.ownerId, url: site.url }]);
  await opened.page.goto(`${site.url}${path}`);
  return opened;
}

const GROUPS: Readonly<Record<string, () => readonly string[]>> = {
  incidents: () => [
    "incidents",
    `incidents/${world.incidentId}`,
    `endpoints/${world.endpointSlug}`,
    `endpoints/${world.endpointSlug}/alerts`,
  ],
  sinks: () => [
    "sinks",
    "sinks/new",
    "sinks/new/slack",
    "sinks/new/webhook",
    `sinks/${world.sinkId}`,
    `sinks/${world.unverifiedId}/verify`,
  ],
  rules: () => [
    "rules",
    "rules/new",
    `rules/${world.ruleId}`,
    `rules/preview?endpoint=${world.endpointSlug}&severity=P1`,
  ],
  escalation: () => ["escalations", `escalations/${world.policyId}`],
  maintenance: () => ["maintenance", "maintenance/new"],
  deliveries: () => ["deliveries", `deliveries/${world.deliveryId}`],
};
const EMPTY = ["", "incidents", "sinks", "rules", "escalations", "maintenance", "deliveries"];

describe.skipIf(!hasBrowser)("in a browser", () => {
  test.each(
    Object.keys(GROUPS).flatMap((group) => LOOKS.map(([look, options]) => [group, look, options] as const)),
  )(
    "axe finds nothing serious and nothing overflows on the pages of %s: %s",
    async (group, look, options) => {
      const { page, errors } = await open(`${workspace.base}/`, options);
      for (const path of GROUPS[group]?.() ?? []) {
        await page.goto(`${site.url}${workspace.base}/${path}`);
        const name = path.split("?")[0]?.replaceAll(/[0-9a-f-]{36}|endpoint-[0-9a-f]{8}/g, "one");
        await examinePage(page, `${name} ${look}`);
      }
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  test.each(LOOKS)(
    "the pages of a workspace with nothing in it say what to do next: %s",
    async (look, options) => {
      const { page, errors } = await open(`${empty.base}/`, options);
      for (const path of EMPTY) {
        await page.goto(`${site.url}${empty.base}/${path}`);
        await examinePage(page, `empty ${path} ${look}`);
      }
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  test("without JavaScript a rule is made, and a public update goes out after its preview", async () => {
    const { page } = await open(`${empty.base}/rules/new`, { javaScriptEnabled: false });
    await page.getByLabel("Name", { exact: true }).fill("Weekends");
    await page.getByLabel("Only at these times").check();
    await page.getByRole("button", { name: "Add a time" }).click();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Weekends");
    await page.getByRole("group", { name: "Time 1" }).getByLabel("Sat").check();
    await page.getByRole("button", { name: "Add the rule" }).click();
    await page.getByText("P1 and P2 of all endpoints, Sat 09:00–18:00 UTC").waitFor();
    await page.goto(`${site.url}${workspace.base}/incidents/${world.incidentId}`);
    await page.getByLabel("Message").fill("Rolled back; we watch it.");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByText("This is how it will look").waitFor();
    await page.getByRole("button", { name: "Publish it" }).click();
    await page.getByText("Published. It is on the status page.").waitFor();
    await page.context().close();
  });

  test.each(TWO_LOOKS)(
    "a webhook's new secret is on the page that answers and nowhere after, and Slack is one link away: %s",
    async (look, options) => {
      Object.assign(dashboard.deps, {
        slackApp: { clientId: "111.222" },
        sinkSecrets: { rotate: async () => ({ secret: SECRET }) },
      });
      const id = await seedSink(dashboard, workspace.id, {
        kind: "webhook",
        name: "Ours",
        shown: "ours.example",
      });
      const { page, errors } = await open(`${workspace.base}/sinks/${id}`, options);
      await page.getByText("New signing secret").click();
      await examinePage(page, `rotate ${look}`);
      await page.getByRole("button", { name: "Rotate secret" }).click();
      await page.getByText(SECRET).waitFor();
      await examinePage(page, `rotated ${look}`);
      await page.goto(`${site.url}${workspace.base}/sinks/${id}`);
      expect(await page.getByText(SECRET).count()).toBe(0);
      await page.goto(`${site.url}${workspace.base}/sinks/new/slack`);
      await examinePage(page, `slack way ${look}`);
      await page.getByRole("button", { name: "Add to Slack" }).click();
      const link = page.getByRole("link", { name: "Choose the channel at Slack" });
      expect(await link.getAttribute("href")).toMatch(/^https:\/\/slack\.com\/oauth\/v2\/authorize\?/);
      await examinePage(page, `slack install ${look}`);
      expect(errors).toEqual([]);
      Object.assign(dashboard.deps, { slackApp: null });
      await page.context().close();
    },
  );

  test("an open incident turns by itself when it is over, and keeps the comment that is being typed", async () => {
    const { page, errors } = await open(`${workspace.base}/incidents/${world.incidentId}`);
    await page.getByLabel("Comment for your colleagues").fill("half a wo");
    const pool = dashboard.database.pool("super");
    await pool.query(
      `UPDATE incident SET causes = '{}', ended_at = now(), resolved_at = now(), revision = revision + 1
       WHERE id = (SELECT incident_id FROM incident_tenant WHERE id = $1)`,
      [world.incidentId],
    );
    await page.locator("#incident-head").getByText("Resolved").waitFor();
    expect(await page.getByLabel("Comment for your colleagues").inputValue()).toBe("half a wo");
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

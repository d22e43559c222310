/** The dashboard at an address of its own with a Chromium in front of it. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser, openPage } from "../../../services/pages/test/browser.ts";
import { serveOnLoopback } from "../../../services/pages/test/serve-on-loopback.ts";
import { openTestWeb, type TestWeb } from "./open-test-web.ts";

export interface TestSite {
  readonly web: TestWeb;
  readonly url: string;
  /** A page of a person of their own; `errors` fills with what the browser complains of. */
  open(options?: BrowserContextOptions): Promise<{ page: Page; errors: string[] }>;
  close(): Promise<void>;
}

export async function openTestSite(environment: Record<string, string> = {}): Promise<TestSite> {
  let web: TestWeb | undefined;
  const site = await serveOnLoopback(
    (request) => web?.app.fetch(request) ?? new Response(null, { status: 503 }),
  );
  const { url } = site;
  const opened = await openTestWeb({ APP_URL: url, SIMULATED_REGIONS: "1", ...environment });
  web = opened;
  const browser = await launchBrowser();
  return {
    web: opened,
    url,
    open: (options = {}) => openPage(browser, { baseURL: url, ...options }),
    async close() {
      await browser.close();
      site.close();
      await opened.close();
    },
  };
}

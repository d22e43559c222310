/** The dashboard at an address of its own with a Chromium in front of it. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAdaptorServer } from "@hono/node-server";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { openTestWeb, type TestWeb } from "./open-test-web.ts";

const CHROMIUM_PATH = "/usr/bin/chromium";
/** False where no Chromium is installed; in CI that is an error. */
export const hasChromium = existsSync(CHROMIUM_PATH);
if (!hasChromium && process.env.CI) {
  throw new Error(`browser tests need ${CHROMIUM_PATH} in CI`);
}
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const LOOKS = [
  ["wide-light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["wide-dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["narrow-light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["narrow-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
] as const;

export interface TestSite {
  readonly web: TestWeb;
  readonly url: string;
  /** A page of a person of their own; `errors` fills with what the browser complains of. */
  open(options?: BrowserContextOptions): Promise<{ page: Page; errors: string[] }>;
  close(): Promise<void>;
}

export async function openTestSite(): Promise<TestSite> {
  let web: TestWeb | undefined;
  const server = createAdaptorServer({
    fetch: (request) => web?.app.fetch(request) ?? new Response(null, { status: 503 }),
  }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened = await openTestWeb({ APP_URL: url, SIMULATED_REGIONS: "1" });
  web = opened;
  const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: FLAGS });
  return {
    web: opened,
    url,
    async open(options = {}) {
      const context = await browser.newContext({ baseURL: url, ...options });
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
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await opened.close();
    },
  };
}

/**
 * Serious findings of axe on a page, and whether it is wider than the screen. With SCREENSHOTS_FOLDER set it leaves a
 * picture there, to look at.
 */
export async function examinePage(
  page: Page,
  name: string,
): Promise<{ readonly name: string; readonly violations: unknown; readonly isTooWide: boolean }> {
  const { SCREENSHOTS_FOLDER } = process.env;
  if (SCREENSHOTS_FOLDER) {
    mkdirSync(SCREENSHOTS_FOLDER, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS_FOLDER, `${name}.png`), fullPage: true });
  }
  await page.evaluate(readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8"));
  const violations = await page.evaluate(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html).join(' | ')))",
  );
  const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  return { name, violations, isTooWide: Number(overflow) > 0 };
}

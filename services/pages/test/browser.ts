/** The distribution's Chromium, as every browser test uses it. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

export const CHROMIUM_PATH = "/usr/bin/chromium";
/** False: browser tests are skipped, which `scripts/test` says. In CI that is an error. */
export const hasBrowser = existsSync(CHROMIUM_PATH);
if (!hasBrowser && process.env.CI) {
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
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
/** Where to leave pictures of every page, to look at; nowhere when it is not set. */
const { SCREENSHOTS_FOLDER } = process.env;

/** The two widths and the two colour schemes that every page is looked at in. */
export const LOOKS = [
  ["wide-light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["wide-dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["narrow-light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["narrow-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
] as const;
/** Two of them hold both widths and both colour schemes, for a test that visits every page of a site in each. */
export const TWO_LOOKS = [LOOKS[0], LOOKS[3]] as const;

export const launchBrowser = (extraFlags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM_PATH, args: [...FLAGS, ...extraFlags] });

/**
 * A page of a person of their own. `errors` fills with whatever the browser reports: exceptions, breaches of the page's
 * policy, and answers of 400 and above, except a page itself that refuses (a form sent back, a page that is not there).
 */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on("console", (message) => {
    // Answers are judged below, where it can be told what was asked for.
    if (message.type() === "error" && !message.text().includes("the server responded with a status of")) {
      errors.push(message.text());
    }
  });
  page.on("response", (response) => {
    const least = response.request().isNavigationRequest() ? 500 : 400;
    if (response.status() >= least) {
      errors.push(`${response.status()} ${response.url()}`);
    }
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return { page, errors };
}

/** Nothing serious for axe, and nothing wider than the screen. Leaves a picture when asked to. */
export async function examinePage(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS_FOLDER) {
    mkdirSync(SCREENSHOTS_FOLDER, { recursive: true });
    await page.screenshot({
      path: join(SCREENSHOTS_FOLDER, `${name.replace(/[^\w-]+/g, "-")}.png`),
      fullPage: true,
    });
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

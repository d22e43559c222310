/** What a person meets: axe, keyboard, small screens, no JavaScript, live checks and embeds, in a real browser. */
import { createServer } from "node:http";
import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import { checkQueueName, PIPELINE_VERSION, type ProbeJob } from "@alivemcp/core/pipeline";
import { openQueueConnection, openQueueWorker } from "@alivemcp/runtime/queues";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
  openTestStatus,
  REGIONS,
  seedEndpoint,
  seedHeartbeats,
  seedIncident,
  seedMaintenance,
  seedNow,
  type TestStatus,
} from "../test/open-test-status.ts";

let status: TestStatus;
let browser: Browser;
let site = "";
let acmeId = "";
const sites: Site[] = [];
let stopProber = async () => {};
let gate = Promise.withResolvers<void>();

beforeAll(async () => {
  if (!hasBrowser) {
    return;
  }
  status = await openTestStatus();
  await seed();
  site = await listen(status.app.fetch);
  browser = await launchBrowser();
  startProber();
});
afterAll(async () => {
  if (!hasBrowser) {
    return;
  }
  gate.resolve();
  await browser.close();
  status.lifecycle.stopping.abort();
  for (const { close } of sites) {
    close();
  }
  await stopProber();
  await status.close();
});

async function seed(): Promise<void> {
  const good = await seedEndpoint(status, { slug: "acme", name: "Acme documents" });
  acmeId = good.id;
  await seedNow(status, good.id, {
    ...regionFields("us-east", FINDING),
    ...regionFields("eu-west", FINDING),
  });
  const bad = await seedEndpoint(status, { slug: "broken", name: "Broken", standing: "unclaimed" });
  await seedNow(status, bad.id, {
    [RAW_FIELDS.state]: "down",
    [RAW_FIELDS.reason]: "tls_expired",
    committed: "down",
    committed_reason: "tls_expired",
    flags: "flapping",
    ...regionFields("us-east", {
      ...FINDING,
      state: "down",
      reason: "tls_expired",
      layer: "tls",
      latencyMs: null,
      steps: [{ step: "tls", ms: 20, ok: false, detail: "certificate has expired" }],
    }),
  });
  await seedIncident(status, bad.id, {
    startedAgoMs: 40 * 60_000,
    updates: [
      { stage: "investigating", body: "We are looking into failing handshakes." },
      {
        stage: "identified",
        body: "The certificate ran out at noon.\nA new one is on its way to every region; this takes about half an hour.",
      },
    ],
  });
  await seedIncident(status, bad.id, {
    startedAgoMs: 9 * 86_400_000,
    resolvedAgoMs: 9 * 86_400_000 - 420_000,
  });
  await seedMaintenance(status, bad.id, {
    startsInMs: 30 * 3_600_000,
    name: "Move to the new certificate authority",
    note: "Handshakes may fail for some minutes.\nNothing else changes.",
  });
  await seedMaintenance(status, good.id, { startsInMs: -600_000, name: "Index rebuild" });
  const { rows: pages } = await status.database
    .pool("super")
    .query(
      "INSERT INTO status_page (tenant_id, slug, title, description) SELECT tenant_id, 'acme', 'Acme for agents', 'Everything that our agents use, in one place.' FROM endpoints WHERE id = $1 RETURNING id, tenant_id",
      [good.id],
    );
  for (const [index, { id }] of [good, bad].entries()) {
    await status.database
      .pool("super")
      .query(
        "INSERT INTO status_page_endpoint (page_id, endpoint_id, tenant_id, position) VALUES ($1, $2, $3, $4)",
        [pages[0].id, id, pages[0].tenant_id, index + 1],
      );
  }
  const slow = await seedEndpoint(status, { slug: "slow", name: "Slow" });
  await seedNow(status, slow.id, { flags: "degraded,auth_walled", committed_reason: "latency" });
  await seedEndpoint(status, { slug: "fresh", name: "Fresh" });
  await status.database
    .pool("super")
    .query(
      `INSERT INTO probe_day (endpoint_number, day, up_minutes, degraded_minutes, down_minutes) VALUES ($1, '2026-11-19', 1400, 20, 20), ($1, '2026-11-20', 700, 0, 0)`,
      [good.number],
    );
  await status.database.pool("super").query(
    `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, latency_ms, revision, covers_minutes, regions)
     SELECT $1, 0, 0, at, 100 + extract(minute FROM at)::int, 1, 1, '' FROM generate_series(timestamptz '2026-11-20 02:00Z', '2026-11-20 12:00Z', '1 minute') at`,
    [good.number],
  );
  await status.database
    .pool("super")
    .query(
      `INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, is_suspicious, changes) VALUES ($1, '2026-11-20 03:00Z', 'drift', true, true, '[{"kind":"tool_removed","class":"breaking","tool":"search","path":""}]')`,
      [good.id],
    );
  await status.database
    .pool("super")
    .query(
      `INSERT INTO transition (endpoint_id, at, from_state, to_state, reason) VALUES ($1, '2026-11-18 03:00Z', 'unknown', 'up', 'first-result')`,
      [good.id],
    );
  await seedHeartbeats(status);
  await status.refresh();
}

function startProber(): void {
  const connection = openQueueConnection(status.store.url, { name: "prober", onError: () => {} });
  const workers = REGIONS.map(({ id }) =>
    openQueueWorker<ProbeJob>(
      connection,
      checkQueueName(id),
      async (job) => {
        await job.updateProgress({ steps: FINDING.steps.slice(0, 2) });
        await gate.promise;
        return { v: PIPELINE_VERSION, traceparent: "t", jobId: job.id, job: job.data, finding: FINDING };
      },
      { concurrency: 5 },
    ),
  );
  stopProber = async () => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    connection.disconnect();
  };
}

async function listen(served: Parameters<typeof serveOnLoopback>[0]): Promise<string> {
  const opened = await serveOnLoopback(served);
  sites.push(opened);
  return opened.url;
}

/** Runs `visit` in a fresh window and fails on anything else the page complains about, such as a breach of its policy. */
async function withPage(
  options: BrowserContextOptions,
  visit: (page: Page) => Promise<void>,
  complaints: readonly string[] = [],
): Promise<void> {
  const { page, errors } = await openPage(browser, { viewport: { width: 1280, height: 900 }, ...options });
  try {
    await visit(page);
    expect(errors).toEqual(complaints);
  } finally {
    await page.context().close();
  }
}

const PAGES = [
  "/",
  "/?q=zzz",
  "/status/acme",
  "/status/broken",
  "/status/slow",
  "/status/fresh",
  "/p/acme",
  "/status/broken?subscribe=sent",
  "/subscriptions/confirm?token=t",
  "/subscriptions/end?token=t",
  "/subscriptions/done?outcome=ended",
  "/check",
  "/bot",
  "/uptime",
  "/help",
  "/help/tls_expired",
  "/nothing",
];

describe.skipIf(!hasBrowser)(`in ${CHROMIUM_PATH} (apt-get install chromium where it is missing)`, () => {
  test.each(TWO_LOOKS)("axe finds nothing serious and nothing overflows: %s", async (look, options) => {
    await withPage(options, async (page) => {
      for (const path of PAGES) {
        await page.goto(site + path);
        await examinePage(page, `${look} ${path}`);
      }
    });
  });

  test("the keyboard reaches the content in two steps, and every focus can be seen", async () => {
    await withPage({}, async (page) => {
      await page.goto(site);
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("location.hash")).toBe("#main");
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.name")).toBe("q");
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    });
  });

  test("board, filters, search and details work without JavaScript", async () => {
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto(site);
      await page.getByRole("link", { name: /Down 1/ }).click();
      await page.getByRole("link", { name: "Broken" }).click();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Broken");
      expect(await page.locator(".summary").textContent()).toContain("TLS certificate expired");
      await page.goto(site);
      await page.getByRole("searchbox", { name: "Search" }).fill("acme");
      await page.getByRole("button", { name: "Show" }).click();
      expect(await page.locator("tbody tr").count()).toBe(1);
    });
  });

  test("a check runs without JavaScript: its page refreshes itself until the result is there", async () => {
    gate = Promise.withResolvers();
    await withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto(`${site}/check`);
      await page.getByRole("textbox", { name: "URL of the endpoint" }).fill("http://127.0.77.10:8443/mcp");
      await page.getByRole("button", { name: "Check" }).click();
      await page.getByText("Running…").waitFor();
      gate.resolve();
      await page.getByText("A client can use this endpoint").waitFor({ timeout: 15_000 });
    });
  });

  test("with JavaScript the steps of a check arrive without a reload", async () => {
    gate = Promise.withResolvers();
    await withPage({}, async (page) => {
      await page.goto(`${site}/check?url=http://127.0.77.11:8443/mcp`);
      await page.getByRole("button", { name: "Check" }).click();
      await page.getByText("Connect", { exact: true }).waitFor();
      await page.evaluate("window.wasNotReloaded = true");
      gate.resolve();
      await page.getByText("A client can use this endpoint").waitFor();
      expect(await page.evaluate("window.wasNotReloaded")).toBe(true);
    });
  });

  test("an open status page shows news by itself and keeps what the reader opened", async () => {
    await withPage({}, async (page) => {
      await page.clock.install();
      await page.goto(`${site}/status/acme`);
      await page.getByText("Days in figures").click();
      await seedNow(status, acmeId, { committed: "down", committed_reason: "timeout" });
      await status.refresh();
      await page.clock.fastForward(16_000);
      await page.locator(".summary-down").waitFor();
      expect(await page.locator("details:has-text('Days in figures')").getAttribute("open")).not.toBeNull();
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Days in figures");
      await seedNow(status, acmeId);
      await status.refresh();
    });
  });

  test("embeds draw cards and pills on a stranger's page, and leave it alone where they cannot", async () => {
    const host = await listen(
      createServer((request, response) => {
        const policy = `default-src 'none'; script-src ${site}; connect-src ${site}`;
        response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(
          request.url === "/"
            ? `<!doctype html><title>Host</title><p>Before</p>
<div id="card" data-alivemcp="acme" data-label="Our docs"></div>
<div id="pill" data-alivemcp="broken" data-style="pill" data-theme="dark"></div>
<div id="unknown" data-alivemcp="nobody"><a href="/status">Our status</a></div>
<script async src="${site}/embed.js"></script>`
            : "",
        );
      }),
    );
    const visit = async (page: Page) => {
      const refused = page.waitForResponse(`${site}/api/embed-status/nobody`);
      await page.goto(host);
      await page.locator("#card a.card").waitFor();
      await page.locator("#pill a.pill").waitFor();
      expect(await page.locator("#card a").textContent()).toContain("Our docs: Live");
      expect(await page.locator("#card a").textContent()).toContain(
        "Uptime 99.93 % over 24 h, 99.98 % over 30 d",
      );
      expect(await page.locator("#card a").getAttribute("href")).toBe("https://status.example/status/acme");
      expect(await page.locator("#pill a").getAttribute("aria-label")).toBe("broken: Down");
      const background =
        "getComputedStyle(document.querySelector('#pill').shadowRoot.querySelector('a')).backgroundColor";
      expect(await page.evaluate(background)).toBe("rgb(22, 27, 34)");
      await refused;
      expect(await page.locator("#unknown").textContent()).toBe("Our status");
    };
    await withPage({}, visit, [`404 ${site}/api/embed-status/nobody`]);
  });
});

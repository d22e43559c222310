/** Every snippet of an endpoint's page "Badge and code" does what it says, against the real public pages and API. */
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { COMMITTED_FIELDS, RAW_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey } from "@alivemcp/core/pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { openTestApi, type TestApi } from "../apps/api/test/open-test-api.ts";
import {
  openTestStatus,
  seedEndpoint,
  seedNow,
  type TestStatus,
} from "../apps/status/test/open-test-status.ts";
import { type Snippet, snippetsOf } from "../apps/web/src/badge-page/snippets.ts";
import { hasBrowser, launchBrowser, openPage } from "../services/pages/test/browser.ts";
import { type Site, serveOnLoopback } from "../services/pages/test/serve-on-loopback.ts";

const folder = mkdtempSync(join(tmpdir(), "snippets-"));
let status: TestStatus;
let api: TestApi;
let key = "";
let publicUrl = "";
let apiUrl = "";
const sites: Site[] = [];

beforeAll(async () => {
  [status, api] = await Promise.all([openTestStatus(), openTestApi()]);
  [publicUrl, apiUrl] = await Promise.all([listen(status.app.fetch), listen(api.app.fetch)]);
  const live = await seedEndpoint(status, { slug: "acme", name: "Acme" });
  const down = await seedEndpoint(status, { slug: "broken", name: "Broken" });
  await seedNow(status, live.id);
  await seedNow(status, down.id, {
    [RAW_FIELDS.state]: "down",
    [COMMITTED_FIELDS.state]: "down",
    [COMMITTED_FIELDS.reason]: "timeout",
  });
  await status.refresh();
  const workspace = await api.addWorkspace();
  key = workspace.key;
  for (const [slug, state] of [
    ["inner", "up"],
    ["inner-broken", "down"],
  ] as const) {
    await addPrivate(workspace.tenant.id, slug, state);
  }
});
afterAll(async () => {
  for (const { close } of sites) {
    close();
  }
  await Promise.all([status.close(), api.close()]);
});

async function addPrivate(tenantId: string, slug: string, state: "up" | "down"): Promise<void> {
  const { rows } = await api.database.pool("super").query<{ id: string }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     VALUES ($1, $2, $2, 'https://' || $2 || '.example/mcp', $2, 'x.example', 'x.example', 'private', 'added', 'team') RETURNING id`,
    [tenantId, slug],
  );
  const nowMs = api.deps.clock.nowMs();
  await api.redis.redis.hset(nowKey(rows[0]?.id ?? ""), {
    [RAW_FIELDS.state]: state,
    [RAW_FIELDS.minute]: "1",
    [RAW_FIELDS.atMs]: String(nowMs - 5_000),
    [COMMITTED_FIELDS.state]: state,
    [COMMITTED_FIELDS.sinceAtMs]: String(nowMs - 60_000),
  });
}

async function listen(served: Parameters<typeof serveOnLoopback>[0]): Promise<string> {
  const site = await serveOnLoopback(served);
  sites.push(site);
  return site.url;
}

function snippet(id: Snippet["id"], slug = "acme"): string {
  const found = snippetsOf({
    slug,
    isPrivate: slug.startsWith("inner"),
    publicUrl,
    apiUrl,
    badge: { style: "flat-square", theme: "auto", label: "my server" },
  }).find((one) => one.id === id);
  if (found === undefined) {
    throw new Error(`there is no snippet ${id}`);
  }
  return found.text;
}

/** Runs a program with the environment of somebody who holds the key; its exit code and what it said. */
async function run(program: string, args: string[]): Promise<{ code: number; said: string }> {
  const env = { PATH: process.env.PATH ?? "", ALIVEMCP_API_KEY: key };
  return promisify(execFile)(program, args, { env, timeout: 20_000 }).then(
    ({ stdout }) => ({ code: 0, said: stdout.trim() }),
    (err: { code: number; stdout: string }) => ({ code: err.code, said: err.stdout.trim() }),
  );
}

const states: [string, string, number][] = [
  ["acme", "live", 0],
  ["broken", "down", 1],
  ["inner", "live", 0],
  ["inner-broken", "down", 1],
];

describe.each(states)("of %s, which is %s,", (slug, state, code) => {
  test("the shell snippet says so and ends accordingly", async () => {
    expect(await run("sh", ["-c", snippet("bash", slug)])).toEqual({ code, said: `${slug} is ${state}` });
  });
  test("the Node snippet says so and ends accordingly", async () => {
    const file = join(folder, `${slug}.mjs`);
    writeFileSync(file, snippet("node", slug));
    const { code: ended, said } = await run(process.execPath, [file]);
    expect([ended, said]).toEqual([
      code,
      expect.stringMatching(`^${slug} is ${state}, up [\\d.?]+ % of 30 days$`),
    ]);
  });
  test("the workflow is one that GitHub can read, and its step says so and ends accordingly", async () => {
    const workflow = parse(snippet("github-actions", slug));
    const [step, ...others] = workflow.jobs[slug].steps;
    expect([workflow.on, others]).toEqual([["workflow_dispatch", "push"], []]);
    expect(step.env).toEqual(
      slug.startsWith("inner") ? { ALIVEMCP_API_KEY: expect.stringContaining("secrets.") } : undefined,
    );
    // As a runner starts a step of Linux without a shell of its own choice.
    const file = join(folder, `${slug}.sh`);
    writeFileSync(file, step.run);
    expect(await run("bash", ["-e", file])).toEqual({ code, said: `${slug} is ${state}` });
  });
});

test("a snippet for an endpoint that is gone ends with an error", async () => {
  expect((await run("sh", ["-c", snippet("bash", "gone")])).code).not.toBe(0);
  expect((await run("sh", ["-c", snippet("bash", "inner-gone")])).code).not.toBe(0);
});

test("the Markdown shows the badge as chosen and leads to the status page", async () => {
  const [, image = "", page = ""] = /^\[!\[MCP status\]\((\S+)\)\]\((\S+)\)$/.exec(snippet("markdown")) ?? [];
  const badge = await fetch(image);
  expect([badge.status, badge.headers.get("content-type")]).toEqual([200, "image/svg+xml; charset=utf-8"]);
  expect(await badge.text()).toContain("my server");
  expect((await fetch(page)).status).toBe(200);
});

test("Prometheus reads every endpoint of the workspace with the scrape configuration", async () => {
  const [job] = parse(snippet("prometheus", "inner")).scrape_configs;
  expect(job.authorization).toEqual({ credentials_file: "/etc/prometheus/alivemcp-api-key" });
  const answer = await fetch(`${job.scheme}://${job.static_configs[0].targets[0]}${job.metrics_path}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toMatch(/^alivemcp_endpoint_\w+\{endpoint="inner"/m);
});

test("a private endpoint is not offered a badge that nobody could see", () => {
  const input = {
    slug: "inner",
    publicUrl,
    apiUrl,
    badge: { style: "flat", theme: "light", label: "" },
  } as const;
  const ids = snippetsOf({ ...input, isPrivate: true }).map(({ id }) => id);
  expect(ids).toEqual(["bash", "node", "github-actions", "prometheus"]);
});

describe.skipIf(!hasBrowser)("in a browser", () => {
  test("the HTML draws a card on a stranger's page, and leaves a link where it cannot", async () => {
    const site = await listen(
      createServer((_, answer) => {
        answer
          .setHeader("content-type", "text/html")
          .end(`<!doctype html><title>x</title>${snippet("html")}`);
      }),
    );
    const browser = await launchBrowser();
    try {
      const { page } = await openPage(browser);
      await page.goto(site);
      await page.getByText("acme: Live").waitFor();
      await page.route("**/embed.js", (route) => route.abort());
      await page.goto(site);
      expect(await page.getByRole("link", { name: "Status of acme" }).getAttribute("href")).toBe(
        `${publicUrl}/status/acme`,
      );
    } finally {
      await browser.close();
    }
  });
});

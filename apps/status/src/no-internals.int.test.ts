/** Walks every public answer over data in which everything that must not leave is marked, and looks for the marks. */
import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import {
  checkQueueName,
  nowKey,
  PIPELINE_VERSION,
  type ProbeFinding,
  type ProbeJob,
} from "@alivemcp/core/pipeline";
import { FAILURE_REASONS } from "@alivemcp/core/states";
import { openQueueConnection, openQueueWorker } from "@alivemcp/runtime/queues";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FINDING, NOW_MS, regionFields } from "../../../services/runtime/test/live-state.ts";
import {
  openTestStatus,
  REGIONS,
  type SeededEndpoint,
  seedEndpoint,
  seedHeartbeats,
  seedIncident,
  seedMaintenance,
  seedNow,
  type TestStatus,
} from "../test/open-test-status.ts";

const MARK = "SENTINEL";
/** Addresses of ours and upstream, as a probe may have noted them. */
const UPSTREAM = "203.0.113.77";
let status: TestStatus;
const endpoints: SeededEndpoint[] = [];
let checkPath = "";
let stopProber = async () => {};

const LOUD: ProbeFinding = {
  ...FINDING,
  state: "down",
  reason: "http_error",
  layer: "http",
  detail: `http_503 from ${UPSTREAM}`,
  evidence: `<html>${MARK} at ${UPSTREAM}</html>`,
  lints: [`${MARK} lint`],
  steps: [
    { step: "dns", ms: 4, ok: true, detail: `${UPSTREAM}, 2001:db8::77` },
    { step: "tcp", ms: 12, ok: false, detail: `ECONNREFUSED ${UPSTREAM}:443` },
    { step: "http", ms: 12, ok: false, detail: `upstream [2001:db8::77]:8080 said 503` },
  ],
};

beforeAll(async () => {
  status = await openTestStatus();
  const pool = status.database.pool("super");
  await pool.query("UPDATE tenants SET name = $1", [`${MARK} tenant`]);
  for (const [slug, visibility] of [
    ["shown", "public"],
    ["hidden-77aa", "unlisted"],
    ["locked", "private"],
  ] as const) {
    const path = visibility === "public" ? "mcp" : `${MARK}/mcp`;
    const endpoint = await seedEndpoint(status, {
      slug,
      visibility,
      url: `https://${slug}.example.com/${path}?key=${MARK}`,
    });
    endpoints.push(endpoint);
    await pool.query(`UPDATE endpoints SET runbook_url = $2, health = $3, host = host WHERE id = $1`, [
      endpoint.id,
      `https://${MARK}.example/`,
      { kind: "named", tool: MARK, arguments: { key: MARK }, isReadOnlyConfirmed: true },
    ]);
    await pool.query(
      `INSERT INTO endpoint_memory (endpoint_id, era, transport, server_name, server_version, lints, baseline_full_hash)
       VALUES ($1, 'legacy', 'http', 'acme', '1', $2, $3)`,
      [endpoint.id, [`${MARK} lint`], "c".repeat(64)],
    );
    await pool.query(
      `INSERT INTO endpoint_state (endpoint_id, shard, committed, since, machine) VALUES ($1, 's00', 'up', now(), $2)`,
      [endpoint.id, { note: MARK }],
    );
    await pool.query(
      `INSERT INTO transition (endpoint_id, at, from_state, to_state, reason, facts) VALUES ($1, $2, 'up', 'down', 'down-confirmed', $3)`,
      [
        endpoint.id,
        new Date(NOW_MS),
        { failureReason: "timeout", regions: ["us-east"], note: MARK, address: UPSTREAM },
      ],
    );
    await pool.query(
      `INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, changes, accepted_at, accepted_by, to_full_hash)
       VALUES ($1, $2, 'drift', true, $3, now(), $4, $5)`,
      [
        endpoint.id,
        new Date(NOW_MS),
        JSON.stringify([
          { kind: "param_removed", class: "breaking", tool: "search", path: "/x", before: MARK, after: MARK },
        ]),
        MARK,
        "c".repeat(64),
      ],
    );
    await pool.query(
      `INSERT INTO probe_evidence (endpoint_number, retention_class, minute_at, observed_at, region, state, excerpt)
       VALUES ($1, 0, $2, $2, 'us-east', 'down', $3)`,
      [endpoint.number, new Date(NOW_MS), MARK],
    );
    await seedIncident(status, endpoint.id, {
      startedAgoMs: 20 * 60_000,
      updates: [{ stage: "identified", body: "Published words" }],
    });
    await seedMaintenance(status, endpoint.id, { startsInMs: 60_000, name: "Planned work" });
    await pool.query(
      `INSERT INTO incident_event (incident_id, tenant_id, at, kind, actor, facts, key)
       SELECT i.id, e.tenant_id, now(), 'comment', $2, jsonb_build_object('text', $2::text), 'k'
       FROM incident i JOIN endpoints e ON e.id = i.endpoint_id WHERE e.id = $1`,
      [endpoint.id, MARK],
    );
    await seedNow(status, endpoint.id, {
      ...regionFields("us-east", LOUD),
      [RAW_FIELDS.state]: "down",
      [RAW_FIELDS.reason]: "http_error",
      confirming: `${NOW_MS}:1:1`,
      note: MARK,
    });
  }
  await seedHeartbeats(status);
  await status.refresh();
  await runOneCheck();
});
afterAll(async () => {
  await stopProber();
  await status.close();
});

async function runOneCheck(): Promise<void> {
  const connection = openQueueConnection(status.store.url, { name: "prober", onError: () => {} });
  const workers = REGIONS.map(({ id }) =>
    openQueueWorker<ProbeJob>(
      connection,
      checkQueueName(id),
      async (job) => ({
        v: PIPELINE_VERSION,
        traceparent: MARK,
        jobId: job.id,
        job: { ...job.data, retentionClass: MARK },
        finding: LOUD,
      }),
      {},
    ),
  );
  stopProber = async () => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    connection.disconnect();
  };
  const answer = await status.app.request("/check", {
    method: "POST",
    body: new URLSearchParams({ url: `http://127.0.77.10:8443/mcp?key=${MARK}`, transport: "auto" }),
  });
  checkPath = answer.headers.get("location") ?? "";
  // The live stream ends with the result.
  await (await status.app.request(`${checkPath}/events`)).text();
}

test("no public answer holds a secret, an excerpt, an address, an id, or another tenant's word", async () => {
  const slugs = [...endpoints.map(({ slug }) => slug), "nobody"];
  const paths = [
    "/",
    `/?q=${encodeURIComponent("locked")}`,
    "/?state=down&transport=http&era=legacy&sort=state",
    "/check",
    checkPath,
    `${checkPath}/events`,
    "/bot",
    "/bot?opt_out=recorded",
    "/uptime",
    "/help",
    ...FAILURE_REASONS.map((reason) => `/help/${reason}`),
    "/subscriptions/confirm?token=t",
    "/subscriptions/end?token=t",
    "/subscriptions/done?outcome=ended",
    "/healthz",
    "/robots.txt",
    "/llms.txt",
    "/embed.js",
    "/favicon.svg",
    "/nothing",
    "/api/nothing",
    ...slugs.flatMap((slug) => [
      `/status/${slug}`,
      `/badge/${slug}.svg`,
      `/badge/${slug}.json`,
      `/api/embed-status/${slug}`,
      `/status/${slug}/feed.atom`,
      `/status/${slug}/feed.rss`,
      `/status/${slug}.md`,
      `/status/${slug}/api/v2/summary.json`,
    ]),
  ];
  const ids = endpoints.map(({ id }) => id);
  const forbidden = new RegExp(
    [MARK, UPSTREAM.replaceAll(".", "\\."), "2001:db8", "c{64}", ...ids].join("|"),
  );
  for (const path of paths) {
    const answer = await status.app.request(path);
    const text = `${[...answer.headers].join("\n")}\n${await answer.text()}`;
    expect(text, path).not.toMatch(forbidden);
    if (!path.includes("locked")) {
      expect(text, path).not.toContain("locked.example.com");
    }
  }
});

test("the marks are there to be found, so the walk proves something", async () => {
  const { rows } = await status.database.pool("super").query("SELECT * FROM endpoints, tenants");
  expect(JSON.stringify(rows)).toContain(MARK);
  const hash = await status.store.redis.hgetall(nowKey(endpoints[0]?.id ?? ""));
  expect(JSON.stringify(hash)).toContain(MARK);
  expect(JSON.stringify(hash)).toContain(UPSTREAM);
  // What the marked finding may say is said: the page was not merely empty.
  expect(await (await status.app.request("/status/shown")).text()).toContain("ECONNREFUSED (address)");
  expect(await (await status.app.request("/status/shown")).text()).toContain("Published words");
  expect(await (await status.app.request("/status/shown.md")).text()).toContain("Planned work");
});

test("a failure inside says nothing of itself", async () => {
  const page = await status.app.request("/status/%00%ff");
  expect([400, 404, 500]).toContain(page.status);
  expect(await page.text()).not.toMatch(/at .*\.ts|Error:|SELECT|invalid byte/);
});

import { randomUUID } from "node:crypto";
import { openLogger } from "@alivemcp/runtime/logger";
import type { Pool } from "@alivemcp/runtime/postgres";
import { type SubscriberTarget, sealSubscriber } from "@alivemcp/runtime/subscriber-box";
import type { AlertMail } from "@alivemcp/sinks/send-mail";
import { VENDOR_URLS } from "@alivemcp/sinks/vendor-urls";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { makeTestSinkKey } from "../../../runtime/test/sink-keys.ts";
import { promiseSubscriberMessages } from "./promise-subscriber-messages.ts";
import { sendSubscriberMessages } from "./send-subscriber-messages.ts";
import type { SubscriberDeps } from "./subscriber-deps.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const PUBLIC_TENANT = "00000000-0000-4000-8000-000000000001";
const { key } = makeTestSinkKey();
let database: TestDatabase;
let endpointId = "";
let incidentId = "";
const mails: AlertMail[] = [];
const posts: { url: string; headers: readonly string[]; body: string }[] = [];
let mailStatus: number | null = 250;
let hookStatus = 200;
const clock = { atMs: Date.UTC(2026, 10, 20, 12), nowMs: () => clock.atMs };
let deps: SubscriberDeps;

beforeAll(async () => {
  database = await openTestDatabase();
  deps = {
    pool: database.pool("system"),
    clock,
    log: openLogger("test", "silent"),
    config: { SINK_KEY: [key], PUBLIC_URL: "https://status.example", API_URL: "https://api.example" },
    dice: () => 0.5,
    cityOf: (region) => (region === "us-east" ? "Ashburn" : region),
    sinks: {
      clock,
      telegramBotToken: null,
      vendors: VENDOR_URLS,
      mail: { host: "alivemcp.example", apiUrl: "https://api.example" },
      fetch: async ({ url, headers, body }) => {
        posts.push({ url: url.href, headers, body: body?.toString() ?? "" });
        return {
          kind: "replied",
          status: hookStatus,
          headers: {},
          body: Buffer.alloc(0),
          retryAfterMs: null,
        };
      },
      sendMail: async (mail) => {
        mails.push(mail);
        return { status: mailStatus, text: null };
      },
    },
  };
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql("DELETE FROM endpoints");
  mails.length = 0;
  posts.length = 0;
  mailStatus = 250;
  hookStatus = 200;
  const slug = `e-${randomUUID()}`;
  const [endpoint] = await sql(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     VALUES ($1, $2, 'Acme <b>', $3, $3, 'h', 'h', 'public', 'added', 'public') RETURNING id`,
    [PUBLIC_TENANT, slug, `https://${slug}.example/mcp`],
  );
  endpointId = endpoint?.id;
  incidentId = await open();
});

// biome-ignore lint/suspicious/noExplicitAny: rows of whatever the test asks for.
const sql = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await database.pool("super").query(text, values)).rows;
const at = (offsetMs = 0) => new Date(clock.atMs + offsetMs);

async function open(simulatedFor: string | null = null): Promise<string> {
  const [row] = await sql(
    `INSERT INTO incident (endpoint_id, simulated_for, started_at, opened_at, severity, severity_worst, causes, failure_reason, regions)
     VALUES ($1, $2, $3, $3, 'P1', 'P1', '{down}', 'timeout', '{us-east}') RETURNING id`,
    [endpointId, simulatedFor, at()],
  );
  return row.id;
}
const resolve = () =>
  sql("UPDATE incident SET resolved_at = $2, ended_at = $2, causes = '{}' WHERE id = $1", [incidentId, at()]);
const write = (stage: string, body: string) =>
  sql(
    "INSERT INTO incident_update (incident_id, tenant_id, stage, body, written_by, at) VALUES ($1, $2, $3, $4, 'member x', $5)",
    [incidentId, PUBLIC_TENANT, stage, body, at()],
  );
async function subscribe({ kind }: { kind: "email" | "webhook" }): Promise<string> {
  const id = randomUUID();
  const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  const endToken = `end-${id}`;
  const target: SubscriberTarget =
    kind === "email"
      ? { kind, address: `${id}@example.com`, endToken }
      : { kind, url: `https://${id}.example.com/hook`, secret, endToken };
  const box = sealSubscriber(key, id, target);
  await sql(
    `INSERT INTO subscriber (id, endpoint_id, kind, target_hash, sealed, sealing_key_id, end_hash, confirmed_at)
     VALUES ($1, $2, $3, encode(sha256($4), 'hex'), $5, $6, encode(sha256($4), 'hex'), $7)`,
    [id, endpointId, kind, id, JSON.stringify(box.sealed), box.sealingKeyId, at()],
  );
  return id;
}
async function run(after = 0, changed: Partial<SubscriberDeps> = {}): Promise<void> {
  clock.atMs += after;
  await promiseSubscriberMessages({ ...deps, ...changed });
  await sendSubscriberMessages({ ...deps, ...changed }, "email");
  await sendSubscriberMessages({ ...deps, ...changed }, "webhook");
}
const subjects = () => mails.map(({ subject }) => subject);

test("an outage of minutes is told of once, its news calmly, and its end always", async () => {
  const id = await subscribe({ kind: "email" });
  await run(4 * MINUTE_MS);
  expect(subjects()).toEqual([]);
  await run(MINUTE_MS);
  await run(MINUTE_MS);
  expect(subjects()).toHaveLength(1);
  expect(subjects()[0]).toMatch(/^Acme <b>: Down: /);
  await write("identified", "We know <why>.");
  await run(MINUTE_MS);
  expect(mails).toHaveLength(1);
  await run(15 * MINUTE_MS);
  expect(mails).toHaveLength(2);
  expect(mails[1]?.text).toContain("The operator, identified:\nWe know <why>.");
  expect(mails[1]?.html).toContain("We know &lt;why&gt;.");
  await resolve();
  await run(MINUTE_MS);
  await run(MINUTE_MS);
  expect(subjects()).toHaveLength(3);
  expect(subjects()[2]).toMatch(/^Resolved: Acme <b>: /);
  expect(mails[0]).toMatchObject({
    to: `${id}@example.com`,
    unsubscribeUrl: `https://api.example/v1/subscriptions/end?token=end-${id}`,
    references: mails[2]?.references,
  });
});

test("an outage that was over before it was told, a simulated one, and one before the subscription tell nothing", async () => {
  await subscribe({ kind: "email" });
  await run(2 * MINUTE_MS);
  await resolve();
  await open(PUBLIC_TENANT);
  await run(10 * MINUTE_MS);
  await subscribe({ kind: "email" });
  await run(10 * MINUTE_MS);
  expect(mails).toEqual([]);
});

test("who never confirmed hears nothing", async () => {
  const id = await subscribe({ kind: "email" });
  await sql(
    "UPDATE subscriber SET confirmed_at = NULL, confirm_hash = end_hash, confirm_until = $2 WHERE id = $1",
    [id, at(DAY_MS)],
  );
  await run(10 * MINUTE_MS);
  expect(mails).toEqual([]);
});

test("two processes at once promise and send nothing twice", async () => {
  await Promise.all(Array.from({ length: 30 }, () => subscribe({ kind: "email" })));
  clock.atMs += 6 * MINUTE_MS;
  await Promise.all([run(), run()]);
  await run();
  expect(mails).toHaveLength(30);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(30);
});

test("who dies between sending and settling leaves it to be sent again under the same id", async () => {
  await subscribe({ kind: "email" });
  const dying = {
    query: (text: string, values: unknown[]) =>
      text.includes("SET state") ? Promise.reject(new Error("died")) : deps.pool.query(text, values),
  } as unknown as Pool;
  await run(6 * MINUTE_MS, { pool: dying });
  await run(30_000);
  expect(mails).toHaveLength(1);
  await run(31_000);
  await run(MINUTE_MS);
  expect(mails).toHaveLength(2);
  expect(mails[1]?.messageId).toBe(mails[0]?.messageId);
});

test("an endpoint that turned private is not told of any more, not even what was promised", async () => {
  await subscribe({ kind: "email" });
  clock.atMs += 6 * MINUTE_MS;
  await promiseSubscriberMessages(deps);
  await sql("UPDATE endpoints SET visibility = 'private' WHERE id = $1", [endpointId]);
  await run();
  expect(mails).toEqual([]);
  expect(await sql("SELECT state, reason FROM subscriber_delivery")).toEqual([
    { state: "cancelled", reason: "not_public_any_more" },
  ]);
});

test("a webhook is signed and told of the incident by its stable id", async () => {
  const id = await subscribe({ kind: "webhook" });
  await run(6 * MINUTE_MS);
  expect(posts).toHaveLength(1);
  expect(posts[0]?.url).toBe(`https://${id}.example.com/hook`);
  expect(posts[0]?.headers).toContain("webhook-signature");
  expect(JSON.parse(posts[0]?.body ?? "")).toMatchObject({
    type: "incident.opened",
    data: { dedup_key: incidentId, endpoint: { tags: [], group: null }, incident: { regions: ["Ashburn"] } },
  });
});

test("a webhook that answers 410, and a mail address that is refused, are forgotten", async () => {
  await subscribe({ kind: "webhook" });
  await subscribe({ kind: "email" });
  hookStatus = 410;
  mailStatus = 550;
  await run(6 * MINUTE_MS);
  expect(await sql("SELECT FROM subscriber")).toEqual([]);
});

test("a mail server that is away is asked again, later and later, for a day", async () => {
  await subscribe({ kind: "email" });
  mailStatus = null;
  await run(6 * MINUTE_MS);
  await run(1_000);
  expect(mails).toHaveLength(1);
  for (let n = 0; n < 60; n += 1) {
    await run(30 * MINUTE_MS);
  }
  const [row] = await sql("SELECT state, reason, attempts FROM subscriber_delivery");
  expect(row).toMatchObject({ state: "failed" });
  expect(row.attempts).toBe(mails.length);
  expect(await sql("SELECT failures FROM subscriber")).toEqual([{ failures: 1 }]);
});

test("the first message of one endpoint does not wait behind the hundredth of another", async () => {
  await Promise.all(Array.from({ length: 60 }, () => subscribe({ kind: "email" })));
  clock.atMs += 6 * MINUTE_MS;
  await promiseSubscriberMessages(deps);
  const rows = await sql("SELECT position FROM subscriber_delivery ORDER BY position");
  expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});

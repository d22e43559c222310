/**
 * `npm run drill:outage [-- --json] [-- --endpoints N]`: from an outage to the message on somebody's phone, on a whole
 * copy. Endpoints of several workspaces fail at random moments of their minute, half of them by refusing connections and
 * half by hanging, and come back; a Slack channel, a PagerDuty service, a mail server and a webhook, each as strict as
 * the real one, note when they accepted what.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readSinkPublicKey } from "@alivemcp/runtime/sink-keys";
import { makeUnsubscribeToken } from "@alivemcp/sinks/email/settings";
import { openMailbox } from "../../services/runtime/test/mailbox.ts";
import { openPagerdutyReceiver } from "../../services/sinks/test/receivers/pagerduty.ts";
import { openSlackReceiver } from "../../services/sinks/test/receivers/slack.ts";
import { openWebhookReceiver } from "../../services/sinks/test/receivers/webhook-receiver.ts";
import { addDrillSinks, addDrillTenant, askV1, asSuperuser } from "./drill-tenant.ts";
import { type RunningCopy, startCopy } from "./running-copy.ts";
import { openSwitchableEndpoints, type SwitchableEndpoint } from "./switchable-endpoints.ts";

const { values: flags } = parseArgs({
  options: { json: { type: "boolean", default: false }, endpoints: { type: "string", default: "20" } },
});
const say = (line: string) => void (flags.json || console.log(line));

const ENDPOINTS_PER_TENANT = 3;
const UP_WITHIN_MS = 180_000;
/** Cadence 60 s, two looks 30 s apart, hanging probes of 30 s: product bound 150 s at p95, with room to see how far it is missed. */
const TOLD_WITHIN_MS = 240_000;
const MINUTE_MS = 60_000;
const CHANNELS = ["slack", "pagerduty", "email", "webhook"] as const;
type Channel = (typeof CHANNELS)[number];

interface Outage {
  readonly name: string;
  readonly endpoint: SwitchableEndpoint;
  readonly how: "refuse" | "hang";
  failedAtMs: number;
  repairedAtMs: number;
}

/** One message that a receiver accepted. */
interface Accepted {
  readonly channel: Channel;
  readonly atMs: number;
  readonly text: string;
}

const secret = `whsec_${randomBytes(32).toString("base64")}`;
const count = Math.max(2, Number(flags.endpoints));
const slack = await openSlackReceiver();
const pagerduty = await openPagerdutyReceiver();
const webhook = await openWebhookReceiver({ secret });
const mailbox = await openMailbox({ mailsMax: 10_000 });
const farm = await openSwitchableEndpoints(count);
const copy = await startCopy({
  // With the demo the regions check themselves on this machine; its own endpoints are nobody's here.
  hasDemo: true,
  env: {
    PROBE_ALLOW_CIDRS: "127.0.0.0/8",
    SMTP_URL: mailbox.smtpUrl,
    SINK_VENDOR_URLS: JSON.stringify({ ...slack.vendors, ...pagerduty.vendors }),
  },
});
try {
  const outages = await watchEndpoints(copy);
  await failAndRepair(outages);
  const result = { ...measure(outages), ...(await countIncidents(copy)) };
  if (flags.json) {
    console.log(JSON.stringify(result));
  } else {
    console.table(result);
  }
  process.exitCode = result.lost === 0 && result.duplicates === 0 ? 0 : 1;
} finally {
  await copy.stop();
  await Promise.all([farm, slack, pagerduty, webhook, mailbox].map((opened) => opened.close()));
}

/** Workspaces with four sinks each; their endpoints, seen up. */
async function watchEndpoints(running: RunningCopy): Promise<Outage[]> {
  const key = readSinkPublicKey(join(running.folder, "sink-keys.json"));
  const outages: Outage[] = [];
  for (let first = 0; first < count; first += ENDPOINTS_PER_TENANT) {
    const tenant = await addDrillTenant(running, ["read", "endpoints:write"]);
    await addDrillSinks(running, tenant, {
      key,
      sinks: [
        { kind: "slack", settings: { via: "token", token: slack.botToken, channel: slack.channel } },
        { kind: "pagerduty", settings: { routingKey: pagerduty.routingKey, region: "us" } },
        {
          kind: "email",
          settings: { address: `${tenant.userId}@example.com`, unsubscribeToken: makeUnsubscribeToken() },
        },
        { kind: "webhook", settings: { url: `${webhook.url}/hook`, secret } },
      ],
    });
    for (const [n, endpoint] of farm.endpoints.slice(first, first + ENDPOINTS_PER_TENANT).entries()) {
      const name = `Drill ${String(first + n).padStart(3, "0")} endpoint`;
      await askV1(running, tenant.apiKey, {
        method: "POST",
        path: "/endpoints",
        body: { url: endpoint.url, name },
      });
      const how = (first + n) % 2 === 0 ? "refuse" : "hang";
      outages.push({ name, endpoint, how, failedAtMs: 0, repairedAtMs: 0 });
    }
  }
  await until("every endpoint is up", UP_WITHIN_MS, async () => {
    const { rows } = await asSuperuser(running, (client) =>
      client.query(
        `SELECT count(*)::int AS up FROM endpoint_state s JOIN endpoints e ON e.id = s.endpoint_id
         WHERE s.committed = 'up' AND e.name LIKE 'Drill %'`,
      ),
    );
    return rows[0]?.up === count;
  });
  say(`${count} endpoints are up`);
  return outages;
}

/** Each fails at a moment of its own within a minute; once all four channels heard of it, it is repaired. */
async function failAndRepair(outages: readonly Outage[]): Promise<void> {
  await Promise.all(
    outages.map(async (outage) => {
      await wait(Math.random() * MINUTE_MS);
      outage.failedAtMs = Date.now();
      await outage.endpoint.fail(outage.how);
      const ofOutage = await toldBy(outage, outage.failedAtMs);
      outage.repairedAtMs = Date.now();
      await outage.endpoint.repair();
      const ofRecovery = await toldBy(outage, outage.repairedAtMs);
      say(`${outage.name} (${outage.how}): outage told on ${ofOutage}; recovery on ${ofRecovery}`);
    }),
  );
  // Whatever would come twice gets the time to.
  await wait(20_000);
}

/** Resolves when all channels accepted a message about it since then, or the time is over; names those that did. */
async function toldBy(outage: Outage, sinceMs: number): Promise<string> {
  const deadline = performance.now() + TOLD_WITHIN_MS;
  const told = () =>
    CHANNELS.filter((channel) => firstOf(outage, channel, sinceMs, Number.MAX_VALUE) !== null);
  while (told().length < CHANNELS.length && performance.now() < deadline) {
    await wait(200);
  }
  return told().join(", ") || "nothing";
}

function accepted(): readonly Accepted[] {
  return [
    ...slack.requests.map(({ atMs, body }) => ({ channel: "slack" as const, atMs, text: body })),
    ...pagerduty.requests.map(({ atMs, body }) => ({
      channel: "pagerduty" as const,
      atMs,
      text: `${body} ${summaryOf(body)}`,
    })),
    ...webhook.events.map(({ atMs, data }) => ({
      channel: "webhook" as const,
      atMs,
      text: JSON.stringify(data),
    })),
    ...mailbox
      .list()
      .map(({ receivedAtMs, subject }) => ({ channel: "email" as const, atMs: receivedAtMs, text: subject })),
  ];
}

/** A resolve names its incident by key only. */
function summaryOf(body: string): string {
  const { dedup_key: dedupKey } = JSON.parse(body) as { dedup_key?: string };
  return pagerduty.incidents.find((incident) => incident.dedupKey === dedupKey)?.summary ?? "";
}

function firstOf(outage: Outage, channel: Channel, fromMs: number, untilMs: number): number | null {
  const times = accepted()
    .filter((one) => one.channel === channel && one.text.includes(outage.name))
    .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
    .map(({ atMs }) => atMs);
  return times.length === 0 ? null : Math.min(...times);
}

function measure(outages: readonly Outage[]) {
  const delays = (how: Outage["how"] | null, phase: "outage" | "recovery") =>
    outages
      .filter((outage) => how === null || outage.how === how)
      .flatMap((outage) =>
        CHANNELS.map((channel) => {
          const [fromMs, untilMs] =
            phase === "outage"
              ? [outage.failedAtMs, outage.repairedAtMs]
              : [outage.repairedAtMs, Number.MAX_VALUE];
          const atMs = firstOf(outage, channel, fromMs, untilMs);
          return atMs === null ? null : (atMs - fromMs) / 1_000;
        }),
      );
  const all = [...delays(null, "outage"), ...delays(null, "recovery")];
  return {
    outages: outages.length,
    p50_s: quantile(delays("refuse", "outage"), 0.5),
    p95_s: quantile(delays("refuse", "outage"), 0.95),
    hang_p50_s: quantile(delays("hang", "outage"), 0.5),
    hang_p95_s: quantile(delays("hang", "outage"), 0.95),
    recovery_p50_s: quantile(delays(null, "recovery"), 0.5),
    recovery_p95_s: quantile(delays(null, "recovery"), 0.95),
    lost: all.filter((delay) => delay === null).length,
    duplicates: duplicatesOf(outages),
    messages: accepted().length,
  };
}

/**
 * What a person would see twice: two messages of one endpoint in the channel, two incidents in PagerDuty, two webhook
 * events of one type, more than two mails (it is down; it is back).
 */
function duplicatesOf(outages: readonly Outage[]): number {
  const beyond = (seen: number, expected: number) => Math.max(0, seen - expected);
  return outages
    .map(({ name }) => {
      const names = (text: string) => text.includes(name);
      const types = webhook.events
        .filter(({ data }) => names(JSON.stringify(data)))
        .map(({ type, data }) => `${type} ${String(data.dedup_key)}`)
        .filter((word) => !word.startsWith("incident.updated"));
      return (
        beyond(slack.messages.filter(({ text }) => names(text)).length, 1) +
        beyond(pagerduty.incidents.filter(({ summary }) => names(summary)).length, 1) +
        beyond(mailbox.list().filter(({ subject }) => names(subject)).length, 2) +
        (types.length - new Set(types).size)
      );
    })
    .reduce((sum, one) => sum + one, 0);
}

async function countIncidents(running: RunningCopy) {
  const { rows } = await asSuperuser(running, (client) =>
    client.query<{ incidents: number; open: number; keys: number }>(
      `SELECT count(DISTINCT i.id)::int AS incidents, count(DISTINCT i.id) FILTER (WHERE i.resolved_at IS NULL)::int AS open,
         count(DISTINCT d.dedup_key)::int AS keys
       FROM incident i JOIN endpoints e ON e.id = i.endpoint_id AND e.name LIKE 'Drill %'
       LEFT JOIN incident_tenant t ON t.incident_id = i.id LEFT JOIN delivery d ON d.incident_tenant_id = t.id`,
    ),
  );
  const { incidents, open, keys } = rows[0] ?? { incidents: 0, open: 0, keys: 0 };
  return { incidents, incidents_open: open, dedup_keys: keys };
}

function quantile(values: readonly (number | null)[], q: number): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const at = sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
  return at === undefined ? null : Math.round(at * 10) / 10;
}

async function until(what: string, withinMs: number, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) {
      throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    }
    await wait(500);
  }
}

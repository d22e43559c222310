import { createHmac, randomUUID } from "node:crypto";
import { createSink } from "@alivemcp/actions/sinks/create-sink";
import { startSlackInstall } from "@alivemcp/actions/sinks/install-slack";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import { buttonValueOf } from "@alivemcp/sinks/slack/button-value";
import { ACKNOWLEDGE_ACTION } from "@alivemcp/sinks/slack/render";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSlackReceiver, type SlackReceiver } from "../../../../services/sinks/test/receivers/slack.ts";
import { testSinkDeps } from "../../../../services/sinks/test/sink-deps.ts";
import { addTestEndpoint } from "../../test/add-endpoint.ts";
import { openTestApi, type TestApi, type TestWorkspace } from "../../test/open-test-api.ts";

const SIGNING_SECRET = "a-signing-secret-of-slack";
const TELEGRAM_SECRET = "a-secret-of-telegram-0123";
const PD_SECRET = "a-webhook-secret-of-pagerduty";
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  const { config } = api.deps;
  Object.assign(config, {
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    TELEGRAM_WEBHOOK_SECRET: TELEGRAM_SECRET,
  });
});
afterAll(() => api.close());

const query = async (text: string, values: readonly unknown[]) =>
  (await api.database.pool("super").query(text, [...values])).rows;

/** A verified sink with these settings, and an open incident. */
async function openWorld(kind: "pagerduty" | "slack", settings: object) {
  const workspace = await api.addWorkspace();
  const { tenant } = workspace;
  const sinkId = randomUUID();
  const box = sealSettings(api.deps.sinkPublicKey, settings, { tenantId: tenant.id, sinkId, version: 1 });
  await query(
    `INSERT INTO sink (id, tenant_id, kind, name, shown, sealed, sealing_key_id, state)
     VALUES ($1, $2, $3, 's', 's', $4, $5, 'verified')`,
    [sinkId, tenant.id, kind, JSON.stringify(box.sealed), box.sealingKeyId],
  );
  return { ...workspace, sinkId, incidentId: await addIncident(workspace) };
}

async function addIncident({ tenant }: TestWorkspace): Promise<string> {
  const endpointId = await addTestEndpoint(api.database, tenant);
  const [incident] = await query(
    `INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes)
     VALUES ($1, now(), now(), 'P1', 'P1', '{down}') RETURNING id`,
    [endpointId],
  );
  const [row] = await query(
    "INSERT INTO incident_tenant (tenant_id, incident_id, endpoint_id) VALUES ($1, $2, $3) RETURNING id",
    [tenant.id, incident.id, endpointId],
  );
  return String(row.id);
}

const acknowledgedBy = async (id: string): Promise<string | null> =>
  (await query("SELECT acknowledged_by FROM incident_tenant WHERE id = $1", [id]))[0]?.acknowledged_by;

const PAGERDUTY = { routingKey: "R".repeat(32), region: "us", webhookSecret: PD_SECRET };

/** As PagerDuty sends it: developer.pagerduty.com, "Webhooks Overview" and "Verifying Webhook Signatures". */
function tellPagerduty(
  sinkId: string,
  dedupKey: string,
  { type = "acknowledged", eventId = randomUUID() as string, secret = PD_SECRET } = {},
) {
  const text = JSON.stringify({
    event: {
      id: eventId,
      event_type: `incident.${type}`,
      occurred_at: "2026-11-21T12:00:00Z",
      agent: { summary: "Night <!channel> shift" },
      data: { incident_key: dedupKey },
    },
  });
  const signature = `v1=${createHmac("sha256", secret).update(text).digest("hex")}`;
  return api.send(null, "POST", `/hooks/pagerduty/${sinkId}`, {
    text,
    headers: { "x-pagerduty-signature": signature },
  });
}

test("an acknowledgement in PagerDuty counts here, in the name of the sink, once", async () => {
  const { sinkId, incidentId, tenant } = await openWorld("pagerduty", PAGERDUTY);
  const eventId = randomUUID();
  expect(await tellPagerduty(sinkId, incidentId, { eventId })).toMatchObject({
    status: 200,
    body: { outcome: "done" },
  });
  expect(await acknowledgedBy(incidentId)).toBe(`sink ${sinkId}`);
  expect((await tellPagerduty(sinkId, incidentId, { type: "unacknowledged" })).body).toEqual({
    outcome: "done",
  });
  expect(await acknowledgedBy(incidentId)).toBeNull();
  expect((await tellPagerduty(sinkId, incidentId, { eventId })).body).toEqual({ outcome: "repeated" });
  expect(await acknowledgedBy(incidentId)).toBeNull();
  const [event] = await query(
    "SELECT facts FROM incident_event WHERE tenant_id = $1 AND kind = 'acknowledged'",
    [tenant.id],
  );
  expect(event.facts.by).toContain("shift");
});

test("a forged telling, and one about another tenant's incident, answers nothing", async () => {
  const [mine, theirs] = [await openWorld("pagerduty", PAGERDUTY), await openWorld("pagerduty", PAGERDUTY)];
  const forged = await tellPagerduty(mine.sinkId, mine.incidentId, { secret: "another-secret-0123" });
  const unknown = await tellPagerduty(randomUUID(), mine.incidentId);
  expect(forged.status).toBe(401);
  expect({ ...forged.body, request_id: "" }).toEqual({ ...unknown.body, request_id: "" });
  expect(await tellPagerduty(mine.sinkId, theirs.incidentId)).toMatchObject({
    status: 200,
    body: { outcome: "nothing-to-answer" },
  });
  expect((await tellPagerduty(mine.sinkId, mine.incidentId, { type: "escalated" })).body).toEqual({
    outcome: "ignored",
  });
  expect(await acknowledgedBy(mine.incidentId)).toBeNull();
  expect(await acknowledgedBy(theirs.incidentId)).toBeNull();
});

test("a body of more than 64 KiB is refused before it is read", async () => {
  const { sinkId } = await openWorld("pagerduty", PAGERDUTY);
  const sent = await api.send(null, "POST", `/hooks/pagerduty/${sinkId}`, { text: "x".repeat(65_537) });
  expect(sent).toMatchObject({ status: 400, body: { field: "body" } });
});

const SLACK = {
  via: "install",
  url: "https://hooks.slack.com/services/T0000001/B0000001/secret",
  token: "xoxb-0123456789-abc",
  channel: "C0123456",
  channelName: "#alerts",
  teamId: "T0000001",
  teamName: "Team",
};

/** As Slack posts it: docs.slack.dev, "Verifying requests from Slack" and `block_actions`. */
function press(
  target: { readonly sinkId: string; readonly dedupKey: string },
  { channel = SLACK.channel, team = SLACK.teamId, secret = SIGNING_SECRET, ageS = 0 } = {},
) {
  const payload = JSON.stringify({
    type: "block_actions",
    user: { id: "U1", username: "oncall" },
    team: { id: team },
    channel: { id: channel },
    actions: [{ action_id: ACKNOWLEDGE_ACTION, value: buttonValueOf(target) }],
  });
  const text = new URLSearchParams({ payload }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000) - ageS);
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${text}`).digest("hex")}`;
  return api.send(null, "POST", "/hooks/slack/interactions", {
    text,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-signature": signature,
      "x-slack-request-timestamp": timestamp,
    },
  });
}

test("a press on the button in Slack acknowledges", async () => {
  const { sinkId, incidentId } = await openWorld("slack", SLACK);
  expect((await press({ sinkId, dedupKey: incidentId })).status).toBe(200);
  expect(await acknowledgedBy(incidentId)).toBe(`sink ${sinkId}`);
});

test.each<[string, Parameters<typeof press>[1], number]>([
  ["from another channel", { channel: "C9999999" }, 200],
  ["from another workspace of Slack", { team: "T9999999" }, 200],
  ["that Slack did not sign", { secret: "somebody-elses-secret" }, 401],
  ["that is six minutes old", { ageS: 360 }, 401],
])("a press %s counts for nothing", async (_name, changes, status) => {
  const { sinkId, incidentId } = await openWorld("slack", SLACK);
  expect((await press({ sinkId, dedupKey: incidentId }, changes)).status).toBe(status);
  expect(await acknowledgedBy(incidentId)).toBeNull();
});

test("a button of one tenant's sink cannot answer another tenant's incident", async () => {
  const [mine, theirs] = [await openWorld("slack", SLACK), await openWorld("slack", SLACK)];
  await press({ sinkId: mine.sinkId, dedupKey: theirs.incidentId });
  expect(await acknowledgedBy(theirs.incidentId)).toBeNull();
});

test("the bot tells a chat its ID, to Telegram alone", async () => {
  const start = { message: { text: "/start", chat: { id: -100123, type: "group", title: "Ops" } } };
  const ask = (secret: string, body: object) =>
    api.send(null, "POST", "/hooks/telegram", {
      body,
      headers: { "x-telegram-bot-api-secret-token": secret },
    });
  expect(await ask(TELEGRAM_SECRET, start)).toMatchObject({
    status: 200,
    body: { method: "sendMessage", chat_id: "-100123", text: expect.stringContaining("-100123") },
  });
  expect((await ask(TELEGRAM_SECRET, { message: { ...start.message, text: "hello" } })).body).toEqual({});
  expect((await ask("another-secret-of-somebody", start)).status).toBe(401);
});

describe("installing our Slack app", () => {
  let slack: SlackReceiver;
  beforeAll(async () => {
    slack = await openSlackReceiver();
    Object.assign(api.deps, {
      slackApp: slack.app,
      vendorHttp: testSinkDeps({ vendors: slack.vendors }),
    });
  });
  afterAll(() => slack.close());

  const begin = async () => {
    const workspace = await api.addWorkspace();
    const { body } = await api.send(workspace.key, "POST", "/v1/sinks/slack-install");
    const state = new URL(body.url).searchParams.get("state") ?? "";
    const back = (code: string) => `/oauth/slack/callback?code=${code}&state=${encodeURIComponent(state)}`;
    const sinks = async () => (await api.send(workspace.key, "GET", "/v1/sinks")).body.items;
    return { ...workspace, back, sinks };
  };

  test("the way back names the workspace and does nothing; the press adds the channel, verified, once", async () => {
    const { back, sinks, tenant } = await begin();
    const code = slack.makeCode();
    const page = await api.send(null, "GET", back(code));
    expect(page.text).toContain(tenant.slug.slice(0, 20));
    expect(await sinks()).toEqual([]);
    expect((await api.send(null, "POST", back(code))).text).toContain("Connected");
    expect(await sinks()).toMatchObject([
      { kind: "slack", state: "verified", shown: "#alerts in Test team" },
    ]);
    const [sink] = await query("SELECT sealed::text AS sealed FROM sink WHERE tenant_id = $1", [tenant.id]);
    expect(sink.sealed).not.toContain(slack.botToken);
    expect((await api.send(null, "POST", back(slack.makeCode()))).status).toBe(400);
    expect(await sinks()).toHaveLength(1);
  });

  test("who began in the dashboard lands on the page of the new sink", async () => {
    const { tenant } = await api.addWorkspace();
    const actor = { kind: "member", userId: tenant.ownerId, role: "owner" } as const;
    const caller = { scope: tenant.scope, actor, requestId: null, address: null };
    const { url } = await startSlackInstall(api.deps, caller);
    const back = `/oauth/slack/callback?code=${slack.makeCode()}&state=${new URL(url).searchParams.get("state")}`;
    const asked = await api.send(null, "GET", back);
    const dashboardOrigin = new URL(api.deps.appUrl).origin;
    expect(asked.headers.get("content-security-policy")).toContain(`form-action 'self' ${dashboardOrigin};`);
    const done = await api.send(null, "POST", back);
    const [sink] = await query("SELECT id, state FROM sink WHERE tenant_id = $1", [tenant.id]);
    expect([done.status, done.headers.get("location"), sink.state]).toEqual([
      303,
      `${api.deps.appUrl}/w/${tenant.slug}/sinks/${sink.id}`,
      "verified",
    ]);
  });

  test("a code that Slack does not know, and a state that is nobody's, add nothing", async () => {
    const { back, sinks } = await begin();
    expect((await api.send(null, "POST", back("no-such-code"))).status).toBe(400);
    const path = `/oauth/slack/callback?code=${slack.makeCode()}&state=another`;
    for (const method of ["GET", "POST"]) {
      expect((await api.send(null, method, path)).status).toBe(400);
    }
    expect(await sinks()).toEqual([]);
  });

  test("without an app of its own an installation says what to do instead", async () => {
    const { key } = await api.addWorkspace();
    Object.assign(api.deps, { slackApp: null });
    const { status, body } = await api.send(key, "POST", "/v1/sinks/slack-install");
    expect([status, body.detail]).toEqual([409, expect.stringContaining("incoming webhook")]);
  });
});

/** An e-mail sink that waits for its link. */
async function addMailSink() {
  const { tenant } = await api.addWorkspace();
  await query("UPDATE tenants SET name = '<b>Team</b>' WHERE id = $1", [tenant.id]);
  const owner = { kind: "member", userId: tenant.ownerId, role: "owner" } as const;
  const caller = { scope: tenant.scope, actor: owner, requestId: null, address: null };
  const { sink } = await createSink(api.deps, caller, {
    kind: "email",
    name: "Mail",
    settings: { address: "oncall@example.com" },
  });
  const [delivery] = await query("SELECT message FROM delivery WHERE sink_id = $1", [sink.id]);
  const path = new URL(delivery.message.proof.url).pathname;
  return { sinkId: sink.id, tenant, path };
}
const stateOf = async (id: string) =>
  (await query("SELECT state, disabled_reason FROM sink WHERE id = $1", [id]))[0];

test("opening the link of a mail changes nothing; its button proves the address, once", async () => {
  const { sinkId, path } = await addMailSink();
  const page = await api.send(null, "GET", path);
  expect(page.status).toBe(200);
  expect(page.text).toContain("&lt;b&gt;Team&lt;/b&gt;");
  expect(page.text).toContain("o…l@example.com");
  expect(page.headers.get("content-security-policy")).toContain("form-action 'self'");
  expect(await stateOf(sinkId)).toMatchObject({ state: "unverified" });
  expect((await api.send(null, "POST", path)).text).toContain("Confirmed");
  expect(await stateOf(sinkId)).toMatchObject({ state: "verified" });
  for (const method of ["GET", "POST"]) {
    expect((await api.send(null, method, path)).status).toBe(404);
  }
});

test.each([
  ["another token", (path: string) => `${path.slice(0, -8)}AAAAAAAA`],
  ["no token", () => "/confirm-sink/nothing"],
])("%s proves nothing", async (_name, of) => {
  const { sinkId, path } = await addMailSink();
  expect((await api.send(null, "POST", of(path))).status).toBe(404);
  expect(await stateOf(sinkId)).toMatchObject({ state: "unverified" });
});

test("a link that is older than a day proves nothing", async () => {
  const { sinkId, path } = await addMailSink();
  await query("UPDATE sink SET proof_expires_at = now() - interval '1 second' WHERE id = $1", [sinkId]);
  expect((await api.send(null, "POST", path)).status).toBe(404);
});

test("one click in a mail program ends the mails, a GET does not, and the workspace sees why", async () => {
  const { tenant } = await api.addWorkspace();
  const sinkId = randomUUID();
  const unsubscribeToken = "t".repeat(43);
  const settings = { address: "oncall@example.com", unsubscribeToken };
  const box = sealSettings(api.deps.sinkPublicKey, settings, { tenantId: tenant.id, sinkId, version: 1 });
  await query(
    `INSERT INTO sink (id, tenant_id, kind, name, shown, sealed, sealing_key_id, state)
     VALUES ($1, $2, 'email', 's', 's', $3, $4, 'verified')`,
    [sinkId, tenant.id, JSON.stringify(box.sealed), box.sealingKeyId],
  );
  const path = `/u/${sinkId}.${unsubscribeToken}`;
  expect((await api.send(null, "GET", path)).text).toContain('<form method="post">');
  expect(await stateOf(sinkId)).toMatchObject({ state: "verified" });
  expect((await api.send(null, "POST", `/u/${sinkId}.${"x".repeat(43)}`)).status).toBe(404);
  expect(await stateOf(sinkId)).toMatchObject({ state: "verified" });
  for (let n = 0; n < 2; n += 1) {
    const sent = await api.send(null, "POST", path, {
      text: "List-Unsubscribe=One-Click",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(sent.status).toBe(200);
  }
  expect(await stateOf(sinkId)).toEqual({ state: "disabled", disabled_reason: "unsubscribed" });
});

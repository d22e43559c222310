import type { AlertMessage } from "@alivemcp/core/alert-message";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  degradedMessage,
  HOSTILE,
  hugeMessage,
  resolvedMessage,
  verificationMessage,
  worseMessage,
} from "../../test/incident-messages.ts";
import { openSlackReceiver, type SlackReceiver } from "../../test/receivers/slack.ts";
import { sendInput } from "../../test/send-input.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SinkDeps, SinkRef } from "../sink-client.ts";
import { slackClient } from "./client.ts";
import type { SlackSettings } from "./settings.ts";

let slack: SlackReceiver;
let deps: SinkDeps;
beforeEach(async () => {
  slack = await openSlackReceiver();
  deps = testSinkDeps({ vendors: slack.vendors });
});
afterEach(() => slack.close());

const webhook = (): SlackSettings => ({ via: "webhook", url: slack.webhookUrl });
const bot = (): SlackSettings => ({ via: "token", token: slack.botToken, channel: slack.channel });
const install = (): SlackSettings => ({
  via: "install",
  url: slack.webhookUrl,
  token: slack.botToken,
  channel: slack.channel,
  channelName: "#alerts",
  teamId: "T0TEAM000",
  teamName: "Test team",
});

describe("Slack by an incoming webhook", () => {
  test("posts every change, and names no message because Slack names none", async () => {
    const outcome = await slackClient.send(deps, sendInput(webhook()));
    expect(outcome).toEqual({ kind: "sent", answer: { status: 200, text: "ok" }, ref: null });
    await slackClient.send(deps, sendInput(webhook(), { message: resolvedMessage() }));
    expect(slack.messages.map(({ text }) => text)).toEqual([
      "🔴 Weather API is down: It refused connections.",
      "🟢 Weather API is up again: It answers from every region.",
    ]);
  });

  test("shows the code that proves the channel", async () => {
    await slackClient.send(deps, sendInput(webhook(), { message: verificationMessage("1234-5678") }));
    expect(slack.messages[0]?.text).toContain("1234-5678");
    expect(JSON.stringify(slack.messages[0]?.blocks)).toContain("Code: 1234-5678");
  });

  test.each([
    ["was revoked", () => slack.revoke(), 404, "gone"],
    ["posts to an archived channel", () => slack.archive(), 410, "gone"],
    [
      "may not post",
      () => slack.misbehaveAlways({ status: 403, body: "action_prohibited" }),
      403,
      "unauthorized",
    ],
    [
      "lost its token",
      () => slack.misbehaveAlways({ status: 403, body: "invalid_token" }),
      403,
      "unauthorized",
    ],
    ["lost its workspace", () => slack.misbehaveAlways({ status: 404, body: "no_team" }), 404, "gone"],
  ] as const)("a webhook that %s is dead", async (_name, happen, status, reason) => {
    happen();
    const outcome = await slackClient.send(deps, sendInput(webhook()));
    expect(outcome).toMatchObject({ kind: "permanent", reason, isSinkDead: true, answer: { status } });
  });

  test("a body that Slack does not take is lost without the sink", async () => {
    slack.misbehaveAlways({ status: 400, body: "invalid_blocks" });
    expect(await slackClient.send(deps, sendInput(webhook()))).toMatchObject({
      kind: "permanent",
      reason: "invalid_payload",
      isSinkDead: false,
    });
  });

  test.each([
    ["too much at once", { status: 429, headers: { "retry-after": "30" } }, "rate_limited", 30_000],
    ["a fault of Slack's", { status: 500, body: "rollup_error" }, "server_error", null],
    ["no word", { status: 503 }, "server_error", null],
    ["a closed connection", "reset", "unreachable", null],
  ] as const)("%s may pass", async (_name, how, reason, retryAfterMs) => {
    slack.misbehaveAlways(how);
    expect(await slackClient.send(deps, sendInput(webhook()))).toMatchObject({
      kind: "retryable",
      reason,
      retryAfterMs,
    });
  });

  test("a redirect is refused, and not followed", async () => {
    slack.misbehaveAlways({ status: 302, headers: { location: `${slack.url}/elsewhere` } });
    expect(await slackClient.send(deps, sendInput(webhook()))).toMatchObject({
      kind: "permanent",
      reason: "redirected",
    });
    expect(slack.requests.length).toBe(1);
  });

  test("a stream without end is read up to a bound, and its head believed", async () => {
    slack.misbehaveAlways("endless");
    const outcome = await slackClient.send(deps, sendInput(webhook()));
    expect(outcome.kind).toBe("sent");
    expect(outcome.answer.text?.length ?? 0).toBeLessThanOrEqual(300);
  });

  test("the secret of the URL is not in what is shown of an answer", async () => {
    slack.misbehaveAlways({ status: 500, body: `no ${slack.webhookUrl}` });
    const outcome = await slackClient.send(deps, sendInput(webhook()));
    expect(outcome.answer.text).not.toContain("WebhookSecret");
  });
});

describe("Slack by a bot", () => {
  test("one message per incident is edited as it changes", async () => {
    const opened = await slackClient.send(deps, sendInput(bot()));
    expect(opened).toMatchObject({ kind: "sent", ref: { channel: slack.channel } });
    const thread = opened.kind === "sent" ? opened.ref : null;
    const resolved = await slackClient.send(deps, sendInput(bot(), { message: resolvedMessage(), thread }));
    expect(resolved).toMatchObject({ kind: "sent", ref: thread });
    expect(slack.messages.length).toBe(1);
    expect(slack.messages[0]).toMatchObject({ edits: 1 });
    expect(slack.messages[0]?.text).toContain("up again");
  });

  test.each([
    ["bot", bot],
    ["install", install],
  ] as const)(
    "what is worse is a second message of a %s, and what follows edits that one",
    async (_name, settings) => {
      const send = async (message: AlertMessage, thread: SinkRef | null) => {
        const outcome = await slackClient.send(deps, sendInput(settings(), { message, thread }));
        return outcome.kind === "sent" ? outcome.ref : null;
      };
      const opened = await send(degradedMessage(), null);
      const worse = await send(worseMessage(), opened);
      expect(slack.messages).toMatchObject([
        { edits: 0, text: expect.stringContaining("is degraded") },
        { edits: 0, text: expect.stringContaining("is down"), channel: slack.channel },
      ]);
      expect(worse).not.toEqual(opened);
      await send(degradedMessage({ event: "incident.updated" }), worse);
      await send(resolvedMessage(), worse);
      expect(slack.messages.map(({ edits }) => edits)).toEqual([0, 2]);
      expect(slack.messages[1]?.text).toContain("up again");
    },
  );

  test("an edit that is tried again changes nothing twice", async () => {
    const opened = await slackClient.send(deps, sendInput(bot()));
    const thread = opened.kind === "sent" ? opened.ref : null;
    for (const _ of [1, 2]) {
      await slackClient.send(deps, sendInput(bot(), { message: resolvedMessage(), thread }));
    }
    expect(slack.messages.length).toBe(1);
  });

  test("a message that somebody deleted is told anew", async () => {
    const opened = await slackClient.send(deps, sendInput(bot()));
    slack.deleteMessages();
    const thread = opened.kind === "sent" ? opened.ref : null;
    const resolved = await slackClient.send(deps, sendInput(bot(), { message: resolvedMessage(), thread }));
    expect(resolved.kind).toBe("sent");
    expect(slack.messages.map(({ edits }) => edits)).toEqual([0]);
  });

  test("a message in a channel that is not the sink's any more is left alone", async () => {
    const thread = { channel: "C0OLDER000", ts: "1.1" };
    await slackClient.send(deps, sendInput(bot(), { message: resolvedMessage(), thread }));
    expect(slack.requests.map(({ path }) => path)).toEqual(["/api/chat.postMessage"]);
  });

  test.each([
    ["its token revoked", () => slack.revoke(), "unauthorized"],
    ["its channel archived", () => slack.archive(), "gone"],
    ["itself thrown out", () => slack.kickBot(), "gone"],
    [
      "its account closed",
      () => slack.misbehaveAlways({ status: 200, body: '{"ok":false,"error":"account_inactive"}' }),
      "unauthorized",
    ],
  ] as const)("a bot with %s is dead, although Slack answers 200", async (_name, happen, reason) => {
    happen();
    expect(await slackClient.send(deps, sendInput(bot()))).toMatchObject({
      kind: "permanent",
      reason,
      isSinkDead: true,
      answer: { status: 200 },
    });
  });

  test.each([
    [{ status: 200, body: '{"ok":false,"error":"ratelimited"}' }, "rate_limited"],
    [{ status: 429, headers: { "retry-after": "3" } }, "rate_limited"],
    [{ status: 200, body: '{"ok":false,"error":"internal_error"}' }, "server_error"],
    [{ status: 200, body: "<html>" }, "bad_answer"],
  ] as const)("%j may pass", async (how, reason) => {
    slack.misbehaveAlways(how);
    expect(await slackClient.send(deps, sendInput(bot()))).toMatchObject({ kind: "retryable", reason });
  });

  test("an error that we do not know costs the message, not the sink", async () => {
    slack.misbehaveAlways({ status: 200, body: '{"ok":false,"error":"brand_new_error"}' });
    expect(await slackClient.send(deps, sendInput(bot()))).toMatchObject({
      kind: "permanent",
      isSinkDead: false,
    });
  });
});

describe("Slack by an install of our app", () => {
  test("carries a button while the incident is open", async () => {
    await slackClient.send(deps, sendInput(install()));
    expect(JSON.stringify(slack.messages[0]?.blocks)).toContain("alivemcp_acknowledge");
    await slackClient.send(deps, sendInput(install(), { message: resolvedMessage() }));
    expect(JSON.stringify(slack.messages[1]?.blocks)).not.toContain("alivemcp_acknowledge");
  });

  test("where its bot is not in the channel, its webhook posts", async () => {
    slack.kickBot();
    expect(await slackClient.send(deps, sendInput(install()))).toMatchObject({ kind: "sent", ref: null });
    expect(slack.messages.length).toBe(1);
  });

  test("has no button without the app that would be told", async () => {
    await slackClient.send(deps, sendInput(webhook()));
    expect(JSON.stringify(slack.messages[0]?.blocks)).not.toContain("alivemcp_acknowledge");
  });
});

describe("Slack asked in silence", () => {
  test.each([
    ["webhook", webhook],
    ["bot", bot],
    ["install", install],
  ] as const)("a living %s is found so, and nobody sees it", async (_name, settings) => {
    expect(await slackClient.recheck?.(deps, settings())).toMatchObject({ kind: "sent" });
    expect(slack.messages).toEqual([]);
  });

  test.each([
    ["webhook", webhook],
    ["bot", bot],
  ] as const)("a %s that was revoked is dead", async (_name, settings) => {
    slack.revoke();
    expect(await slackClient.recheck?.(deps, settings())).toMatchObject({
      kind: "permanent",
      isSinkDead: true,
    });
  });
});

describe("Slack's limits", () => {
  test.each(Object.entries(HOSTILE))("the longest message of %s is taken", async (_name, text) => {
    for (const settings of [webhook(), install()]) {
      expect((await slackClient.send(deps, sendInput(settings, { message: hugeMessage(text) }))).kind).toBe(
        "sent",
      );
    }
  });
});

describe("what the receiver refuses as Slack does", () => {
  const post = (body: unknown, path = new URL(slack.webhookUrl).pathname, headers = {}) =>
    fetch(`${slack.url}${path}`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });

  test.each([
    ["a body that is no JSON", "{", 400, "invalid_payload"],
    ["a body without text", {}, 400, "no_text"],
    ["a member nobody knows", { text: "x", channel: "#other" }, 400, "invalid_payload"],
    ["51 blocks", { text: "x", blocks: Array(51).fill({ type: "divider" }) }, 400, "invalid_blocks"],
    [
      "a header of 151 characters",
      { blocks: [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }] },
      400,
      "invalid_blocks",
    ],
    [
      "a section of 3,001 characters",
      { blocks: [{ type: "section", text: { type: "mrkdwn", text: "x".repeat(3_001) } }] },
      400,
      "invalid_blocks",
    ],
    [
      "11 fields",
      { blocks: [{ type: "section", fields: Array(11).fill({ type: "plain_text", text: "x" }) }] },
      400,
      "invalid_blocks",
    ],
  ])("%s", async (_name, body, status, said) => {
    const reply = await post(body);
    expect([reply.status, await reply.text()]).toEqual([status, said]);
  });

  test("another content type, another path, a wrong or missing token, an unknown method", async () => {
    const form = await post({ text: "x" }, undefined, { "content-type": "text/plain" });
    expect(await form.text()).toBe("invalid_payload");
    const other = await post({ text: "x" }, "/services/T1/B1/nope");
    expect([other.status, await other.text()]).toEqual([404, "no_service"]);
    const utf8 = { "content-type": "application/json; charset=utf-8" };
    const api = async (path: string, headers: object) =>
      (await post({}, path, { ...utf8, ...headers })).json();
    expect(await api("/api/auth.test", {})).toEqual({ ok: false, error: "not_authed" });
    expect(await api("/api/auth.test", { authorization: "Bearer x" })).toEqual({
      ok: false,
      error: "invalid_auth",
    });
    const ours = { authorization: `Bearer ${slack.botToken}` };
    expect(await api("/api/chat.nope", ours)).toEqual({ ok: false, error: "unknown_method" });
    expect(await api("/api/chat.update", ours)).toEqual({ ok: false, error: "invalid_arguments" });
  });
});

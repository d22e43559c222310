import { callVendor, HALF_TIMEOUT_MS, type VendorReply } from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps } from "../sink-client.ts";
import { buttonValueOf } from "./button-value.ts";
import { type ApiVerdict, judgeApi, judgeWebhook } from "./judge-slack.ts";
import { renderSlack, type SlackBody } from "./render.ts";
import { type SlackSettings, shownSlack, slackSettings } from "./settings.ts";

type Bot = Extract<SlackSettings, { token: string }>;

/** The earlier message cannot be edited any more: a new one tells it. */
const EDIT_IS_OVER = ["message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"];
/** Our bot is not in the channel; the webhook that came with the install still posts there. */
const BOT_IS_OUTSIDE = ["not_in_channel", "channel_not_found", "missing_scope"];

/** Answers of a webhook that is alive to a body without text: nobody sees it. */
const ALIVE = ["no_text", "missing_text_or_fallback_or_attachments", "invalid_payload"];

export const slackClient: SinkClient<SlackSettings> = {
  kind: "slack",
  settings: slackSettings,
  shown: shownSlack,
  send,
  recheck,
};

async function send(deps: SinkDeps, input: SendInput<SlackSettings>): Promise<SendOutcome> {
  const { settings, message, sinkId, thread } = input;
  const isOurApp = settings.via === "install";
  const body = renderSlack(message, isOurApp ? buttonValueOf({ sinkId, dedupKey: message.dedupKey }) : null);
  if (settings.via === "webhook") {
    return postByWebhook(deps, settings.url, body);
  }
  // After a change of channel the earlier message is another channel's. An edit notifies nobody.
  if (!message.isWorse && thread?.ts !== undefined && thread.channel === settings.channel) {
    const edit = await callApi(deps, settings.token, "chat.update", {
      ...body,
      channel: settings.channel,
      ts: thread.ts,
    });
    if (edit.error === null || !EDIT_IS_OVER.includes(edit.error)) {
      return edit.outcome;
    }
  }
  return postByBot(deps, settings, body);
}

async function postByBot(deps: SinkDeps, settings: Bot, body: SlackBody): Promise<SendOutcome> {
  const post = await callApi(deps, settings.token, "chat.postMessage", {
    ...body,
    channel: settings.channel,
  });
  const isOutside = post.error !== null && BOT_IS_OUTSIDE.includes(post.error);
  return settings.via === "install" && isOutside ? postByWebhook(deps, settings.url, body) : post.outcome;
}

async function postByWebhook(deps: SinkDeps, url: string, body: unknown): Promise<SendOutcome> {
  const reply = await callWebhook(deps, url, body);
  return reply.kind === "unanswered" ? reply.outcome : judgeWebhook(reply);
}

/** Asks without posting: a bot says who it is, a webhook refuses a body without text. */
async function recheck(deps: SinkDeps, settings: SlackSettings): Promise<SendOutcome> {
  if (settings.via === "token") {
    return (await callApi(deps, settings.token, "auth.test", {})).outcome;
  }
  const reply = await callWebhook(deps, settings.url, {});
  if (reply.kind === "unanswered") {
    return reply.outcome;
  }
  const isAlive = reply.status === 400 && ALIVE.includes(reply.text.trim());
  return isAlive ? { kind: "sent", answer: reply.answer, ref: null } : judgeWebhook(reply);
}

function callWebhook(deps: SinkDeps, entered: string, body: unknown): Promise<VendorReply> {
  const { hostname, pathname } = new URL(entered);
  const origin = hostname === "hooks.slack.com" ? deps.vendors.slackHooks : deps.vendors.slackHooksGov;
  return callVendor(deps, {
    url: new URL(pathname, origin),
    method: "POST",
    body,
    secrets: [pathname],
    timeoutMs: HALF_TIMEOUT_MS,
  });
}

async function callApi(deps: SinkDeps, token: string, method: string, body: object): Promise<ApiVerdict> {
  const reply = await callVendor(deps, {
    url: new URL(`/api/${method}`, deps.vendors.slackApi),
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body,
    secrets: [token],
    timeoutMs: HALF_TIMEOUT_MS,
  });
  return reply.kind === "unanswered" ? { outcome: reply.outcome, error: null } : judgeApi(reply);
}

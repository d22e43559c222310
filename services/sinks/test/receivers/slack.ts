/**
 * Slack: incoming webhooks, the Web API methods that we call, and the channel that people see.
 * docs.slack.dev: "Sending messages using incoming webhooks", `chat.postMessage`, `chat.update`, `auth.test`,
 * `oauth.v2.access`, Block Kit reference (limits).
 */
import { z } from "zod";
import {
  type Answer,
  chars,
  openReceiver,
  type Received,
  type Receiver,
  wrongHeaders,
} from "./open-receiver.ts";

const WEBHOOK_PATH = "/services/T0TEAM000/B0HOOK000/WebhookSecret0000000wxyz";
const TEAM = { id: "T0TEAM000", name: "Test team" };
const SPARE_PATH = /^\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+$/;

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  text: string;
  blocks: unknown[];
  edits: number;
}

export interface SlackReceiver extends Receiver {
  readonly webhookUrl: string;
  readonly botToken: string;
  readonly channel: string;
  /** What stands in the channel now, oldest first. */
  readonly messages: SlackMessage[];
  /** Put beside the production URLs. */
  readonly vendors: {
    readonly slackHooks: string;
    readonly slackHooksGov: string;
    readonly slackApi: string;
  };
  /** What people do to the sink. */
  revoke(): void;
  archive(): void;
  kickBot(): void;
  deleteMessages(): void;
  /** A code that `oauth.v2.access` trades once. */
  makeCode(): string;
  readonly app: { readonly clientId: string; readonly clientSecret: string };
}

const plainText = (charsMax: number) =>
  z.strictObject({
    type: z.literal("plain_text"),
    text: chars(charsMax).min(1),
    emoji: z.boolean().optional(),
  });
const textObject = (charsMax: number) =>
  z.union([
    plainText(charsMax),
    z.strictObject({
      type: z.literal("mrkdwn"),
      text: chars(charsMax).min(1),
      verbatim: z.boolean().optional(),
    }),
  ]);
const button = z.strictObject({
  type: z.literal("button"),
  text: plainText(75),
  action_id: chars(255).min(1),
  url: chars(3_000).optional(),
  value: chars(2_000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
});
const block = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("header"), text: plainText(150) }),
  z.strictObject({
    type: z.literal("section"),
    text: textObject(3_000).optional(),
    fields: z.array(textObject(2_000)).min(1).max(10).optional(),
  }),
  z.strictObject({ type: z.literal("actions"), elements: z.array(button).min(1).max(25) }),
  z.strictObject({ type: z.literal("context"), elements: z.array(textObject(2_000)).min(1).max(10) }),
  z.strictObject({ type: z.literal("divider") }),
]);
const content = {
  text: chars(40_000).optional(),
  blocks: z.array(block).max(50).optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  thread_ts: z.string().optional(),
};
const webhookBody = z.strictObject(content);
const postBody = z.strictObject({ ...content, channel: z.string() });
const updateBody = z.strictObject({ ...content, channel: z.string(), ts: z.string() });

/** What a request to a webhook is told before its body is looked at; null: nothing. */
function misplacedAs(request: Received, isRevoked: boolean): Answer | null {
  if (
    request.method !== "POST" ||
    wrongHeaders(request, { "content-type": /^application\/json/ }).length > 0
  ) {
    return { status: 400, body: "invalid_payload" };
  }
  if (request.path === WEBHOOK_PATH && !isRevoked) {
    return null;
  }
  return { status: 404, body: SPARE_PATH.test(request.path) ? "no_service" : "no_team" };
}

/** Slack's word for what is wrong with a message; null: nothing. */
function faultOf(body: z.ZodSafeParseResult<z.infer<typeof webhookBody>>): string | null {
  if (!body.success) {
    return body.error.issues.some(({ path }) => path[0] === "blocks")
      ? "invalid_blocks"
      : "invalid_arguments";
  }
  const { text = "", blocks = [] } = body.data;
  return text === "" && blocks.length === 0 ? "no_text" : null;
}

export async function openSlackReceiver(): Promise<SlackReceiver> {
  const messages: SlackMessage[] = [];
  const channel = "C0CHANNEL0";
  const botToken = "xoxb-000000000000-TestBotToken00000000";
  const app = { clientId: "111.222", clientSecret: "client-secret-of-the-app" };
  const codes = new Set<string>();
  const state = { isRevoked: false, isArchived: false, isBotInside: true, posted: 0 };

  const post = (said: z.infer<typeof webhookBody>): SlackMessage => {
    state.posted += 1;
    const ts = `1700000000.${String(state.posted).padStart(6, "0")}`;
    const message = { channel, ts, text: said.text ?? "", blocks: said.blocks ?? [], edits: 0 };
    messages.push(message);
    return message;
  };

  const webhook = (request: Received): Answer => {
    const misplaced = misplacedAs(request, state.isRevoked);
    if (misplaced !== null) {
      return misplaced;
    }
    if (state.isArchived) {
      return { status: 410, body: "channel_is_archived" };
    }
    const body = webhookBody.safeParse(request.json);
    const fault = faultOf(body);
    if (fault !== null || !body.success) {
      return { status: 400, body: fault === "invalid_arguments" ? "invalid_payload" : fault };
    }
    post(body.data);
    return { status: 200, body: "ok" };
  };

  const no = (error: string): Answer => ({ status: 200, body: { ok: false, error } });

  const say = (request: Received): Answer => {
    const body = postBody.safeParse(request.json);
    const fault = faultOf(body);
    if (fault !== null || !body.success) {
      return no(fault ?? "");
    }
    if (body.data.channel !== channel) {
      return no("channel_not_found");
    }
    if (!state.isBotInside || state.isArchived) {
      return no(state.isArchived ? "is_archived" : "not_in_channel");
    }
    const { ts } = post(body.data);
    return { status: 200, body: { ok: true, channel, ts, message: { ts } } };
  };

  const update = (request: Received): Answer => {
    const body = updateBody.safeParse(request.json);
    if (!body.success) {
      return no("invalid_arguments");
    }
    const found = messages.find(({ ts }) => ts === body.data.ts);
    if (found === undefined) {
      return no("message_not_found");
    }
    found.text = body.data.text ?? "";
    found.blocks = body.data.blocks ?? [];
    found.edits += 1;
    return { status: 200, body: { ok: true, channel, ts: found.ts, text: found.text } };
  };

  const api = (request: Received): Answer => {
    const wrong = wrongHeaders(request, { "content-type": /^application\/json; ?charset=utf-8$/i });
    if (request.method !== "POST" || wrong.length > 0) {
      return no("invalid_post_type");
    }
    if (request.headers.authorization === undefined) {
      return no("not_authed");
    }
    if (request.headers.authorization !== `Bearer ${botToken}` || state.isRevoked) {
      return no(state.isRevoked ? "token_revoked" : "invalid_auth");
    }
    switch (request.path) {
      case "/api/chat.postMessage":
        return say(request);
      case "/api/chat.update":
        return update(request);
      case "/api/auth.test":
        return {
          status: 200,
          body: { ok: true, url: "https://test.slack.com/", team: TEAM.name, team_id: TEAM.id },
        };
      default:
        return no("unknown_method");
    }
  };

  const access = (request: Received): Answer => {
    const basic = `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64")}`;
    const form = new URLSearchParams(request.body);
    if (!/^application\/x-www-form-urlencoded/.test(String(request.headers["content-type"]))) {
      return no("invalid_form_data");
    }
    if (request.headers.authorization !== basic) {
      return no("bad_client_secret");
    }
    if (form.get("redirect_uri") === null) {
      return no("bad_redirect_uri");
    }
    if (!codes.delete(form.get("code") ?? "")) {
      return no("invalid_code");
    }
    return {
      status: 200,
      body: {
        ok: true,
        access_token: botToken,
        token_type: "bot",
        scope: "incoming-webhook,chat:write,chat:write.public",
        bot_user_id: "U0BOT",
        app_id: "A0APP",
        team: TEAM,
        enterprise: null,
        is_enterprise_install: false,
        authed_user: { id: "U0USER" },
        incoming_webhook: {
          channel: "#alerts",
          channel_id: channel,
          configuration_url: "https://test.slack.com/services/B0HOOK000",
          url: `https://hooks.slack.com${WEBHOOK_PATH}`,
        },
      },
    };
  };

  const receiver = await openReceiver((request) => {
    if (request.path === "/api/oauth.v2.access") {
      return access(request);
    }
    return request.path.startsWith("/api/") ? api(request) : webhook(request);
  });
  const { url: origin } = receiver;
  return {
    ...receiver,
    webhookUrl: `https://hooks.slack.com${WEBHOOK_PATH}`,
    botToken,
    channel,
    messages,
    vendors: { slackHooks: origin, slackHooksGov: origin, slackApi: origin },
    app,
    revoke: () => {
      state.isRevoked = true;
    },
    archive: () => {
      state.isArchived = true;
    },
    kickBot: () => {
      state.isBotInside = false;
    },
    deleteMessages: () => {
      messages.length = 0;
    },
    makeCode: () => {
      const code = `code-${codes.size + state.posted}.${Date.now()}`;
      codes.add(code);
      return code;
    },
  };
}

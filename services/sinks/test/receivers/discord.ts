/** Discord's webhooks and the channel that people see. discord.com/developers/docs: "Webhook Resource", "Embed Limits", "JSON Error Codes". */
import { z } from "zod";
import { type Answer, chars, openReceiver, type Received, type Receiver } from "./open-receiver.ts";

export interface DiscordMessage {
  readonly id: string;
  content: string;
  embeds: unknown[];
  edits: number;
  readonly threadId: string | null;
}

export interface DiscordReceiver extends Receiver {
  readonly webhookUrl: string;
  /** What stands in the channel now, oldest first. */
  readonly messages: DiscordMessage[];
  readonly vendors: { readonly discord: string };
  deleteWebhook(): void;
  deleteMessages(): void;
}

const ID = "123456789012345678";
const TOKEN = "aBcDeFgHiJkLmNoPqRsTuVwXyZ-_0123456789aBcDeFgHiJkLmNoPqRsTuVwXyZ0123";
const PATH = /^\/api\/v10\/webhooks\/(\d+)\/([^/]+)(?:\/messages\/(\d+))?$/;

const embed = z
  .strictObject({
    title: chars(256).optional(),
    description: chars(4_096).optional(),
    url: z.url({ protocol: /^https?$/ }).optional(),
    color: z.int().min(0).max(0xffffff).optional(),
    timestamp: z.iso.datetime().optional(),
    footer: z.strictObject({ text: chars(2_048) }).optional(),
    fields: z
      .array(
        z.strictObject({
          name: chars(256).min(1),
          value: chars(1_024).min(1),
          inline: z.boolean().optional(),
        }),
      )
      .max(25)
      .optional(),
  })
  .refine(
    ({ title = "", description = "", footer, fields = [] }) =>
      title.length +
        description.length +
        (footer?.text.length ?? 0) +
        fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0) <=
      6_000,
  );
const body = z
  .strictObject({
    content: chars(2_000).optional(),
    embeds: z.array(embed).max(10).optional(),
    username: chars(80).optional(),
    allowed_mentions: z.strictObject({ parse: z.array(z.enum(["roles", "users", "everyone"])) }).optional(),
  })
  .refine(({ content = "", embeds = [] }) => content !== "" || embeds.length > 0);

const WEBHOOK = { id: ID, type: 1, name: "AliveMCP", channel_id: "1", guild_id: "2", token: TOKEN };

function no(status: number, code: number, message: string): Answer {
  return { status, body: { code, message } };
}

/** What a request is told before its message is looked at; null: nothing. */
function misplacedAs({ path, method, json, headers }: Received, isDeleted: boolean): Answer | null {
  const [found, id, token] = PATH.exec(path) ?? [];
  if (found === undefined) {
    return no(404, 0, "404: Not Found");
  }
  if (id !== ID || isDeleted) {
    return no(404, 10_015, "Unknown Webhook");
  }
  if (token !== TOKEN) {
    return no(401, 50_027, "Invalid Webhook Token");
  }
  if (!["GET", "POST", "PATCH"].includes(method)) {
    return no(405, 0, "405: Method Not Allowed");
  }
  const isJson = json !== undefined && /^application\/json/.test(String(headers["content-type"]));
  return method === "GET" || isJson ? null : no(400, 50_109, "The request body contains invalid JSON.");
}

export async function openDiscordReceiver(): Promise<DiscordReceiver> {
  const messages: DiscordMessage[] = [];
  const state = { isDeleted: false, made: 0 };
  const post = (request: Received): Answer => {
    const parsed = body.safeParse(request.json);
    if (!parsed.success) {
      return no(400, 50_035, "Invalid Form Body");
    }
    state.made += 1;
    const { content = "", embeds = [] } = parsed.data;
    const id = String(1_100_000_000_000_000_000n + BigInt(state.made));
    messages.push({ id, content, embeds, edits: 0, threadId: request.query.get("thread_id") });
    // Without it Discord tells nothing, not even that a message was dropped.
    return request.query.get("wait") === "true"
      ? { status: 200, body: { id, type: 0, content, channel_id: "1", webhook_id: ID, embeds } }
      : { status: 204 };
  };

  const edit = (request: Received, messageId: string): Answer => {
    const parsed = body.safeParse(request.json);
    const found = messages.find(({ id }) => id === messageId);
    if (found === undefined || found.threadId !== request.query.get("thread_id")) {
      return no(404, 10_008, "Unknown Message");
    }
    if (!parsed.success) {
      return no(400, 50_035, "Invalid Form Body");
    }
    found.content = parsed.data.content ?? found.content;
    found.embeds = parsed.data.embeds ?? found.embeds;
    found.edits += 1;
    return { status: 200, body: { id: found.id, content: found.content } };
  };

  const receiver = await openReceiver((request) => {
    const misplaced = misplacedAs(request, state.isDeleted);
    const messageId = PATH.exec(request.path)?.[3];
    if (misplaced !== null) {
      return misplaced;
    }
    if (messageId !== undefined) {
      return request.method === "PATCH" ? edit(request, messageId) : no(405, 0, "405: Method Not Allowed");
    }
    return request.method === "GET" ? { status: 200, body: WEBHOOK } : post(request);
  });
  return {
    ...receiver,
    webhookUrl: `https://discord.com/api/webhooks/${ID}/${TOKEN}`,
    messages,
    vendors: { discord: receiver.url },
    deleteWebhook: () => {
      state.isDeleted = true;
    },
    deleteMessages: () => {
      messages.length = 0;
    },
  };
}

/**
 * What people write to our bot. Telegram posts it to the webhook that `setWebhook` named, with the secret that was set
 * there (core.telegram.org/bots/api, `setWebhook`); the answer may be a call of the API itself ("Making requests when getting
 * updates").
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** Header `X-Telegram-Bot-Api-Secret-Token`. */
export function verifyTelegramSecret(header: string | null, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return secret !== "" && header !== null && timingSafeEqual(digest(header), digest(secret));
}

export interface TelegramStart {
  /** What a deep link (`?start=…`, `?startgroup=…`) carried; null when it was typed. */
  readonly token: string | null;
  readonly chatId: string;
  readonly topicId: string | null;
  /** Chosen by strangers. */
  readonly chatTitle: string;
}

const START = /^\/start(?:@[A-Za-z0-9_]{5,32})?(?:[ ]+([A-Za-z0-9_-]{1,64}))?\s*$/;
const message = z.object({
  text: z.string().max(4_096),
  chat: z.object({
    id: z.int(),
    type: z.enum(["private", "group", "supergroup", "channel"]),
    title: z.string().max(300).optional(),
    username: z.string().max(100).optional(),
  }),
  message_thread_id: z.int().positive().optional(),
  is_topic_message: z.boolean().optional(),
});
const update = z.object({ message: message.optional(), channel_post: message.optional() });

/** Null for all that is no `/start`: the bot answers nothing else. */
export function readTelegramStart(rawBody: string): TelegramStart | null {
  const { data } = update.safeParse(parsed(rawBody));
  const said = data?.message ?? data?.channel_post;
  const found = START.exec(said?.text ?? "");
  if (said === undefined || found === null) {
    return null;
  }
  const { chat, message_thread_id, is_topic_message } = said;
  return {
    token: found[1] ?? null,
    chatId: String(chat.id),
    topicId: is_topic_message === true && message_thread_id !== undefined ? String(message_thread_id) : null,
    chatTitle: chat.title ?? chat.username ?? "Private chat",
  };
}

/** The body to answer Telegram's request with: the bot tells the chat what to enter on the sink's page. */
export function telegramStartReply({ chatId, topicId }: TelegramStart): Record<string, unknown> {
  const topic = topicId === null ? "" : `, and the topic's ID is ${topicId}`;
  return {
    method: "sendMessage",
    chat_id: chatId,
    ...(topicId === null ? {} : { message_thread_id: Number(topicId) }),
    text: `This chat's ID is ${chatId}${topic}. Enter it in AliveMCP where you add Telegram; a code then arrives here.`,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

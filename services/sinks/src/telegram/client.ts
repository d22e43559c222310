import { z } from "zod";
import {
  callVendor,
  HALF_TIMEOUT_MS,
  judgeStatus,
  type VendorAnswer,
  type VendorReply,
} from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps } from "../sink-client.ts";
import { renderTelegram } from "./render.ts";
import { shownTelegram, type TelegramSettings, telegramSettings } from "./settings.ts";

export const telegramClient: SinkClient<TelegramSettings> = {
  kind: "telegram",
  settings: telegramSettings,
  shown: shownTelegram,
  send,
  recheck,
};

/** core.telegram.org/bots/api, "Making requests" and `ResponseParameters`. */
const answered = z.object({
  ok: z.boolean(),
  description: z.string().max(500).optional(),
  parameters: z
    .object({ retry_after: z.int().nonnegative().optional(), migrate_to_chat_id: z.int().optional() })
    .optional(),
  result: z.object({ message_id: z.int().optional(), id: z.int().optional() }).optional(),
});
type Said = z.infer<typeof answered>;

const NO_BOT: SendOutcome = {
  kind: "permanent",
  answer: { status: null, text: null },
  reason: "not_configured",
  isSinkDead: false,
};

/** `ref` holds the chat that took the message: a group that became a supergroup has another id, which is used from then on. */
async function send(deps: SinkDeps, input: SendInput<TelegramSettings>): Promise<SendOutcome> {
  const { settings, message, thread } = input;
  const body = renderTelegram(message);
  const chat =
    thread?.askedChatId === settings.chatId ? (thread?.chatId ?? settings.chatId) : settings.chatId;
  const earlier = thread?.askedChatId === settings.chatId ? Number(thread?.messageId) : Number.NaN;
  // An edit notifies nobody.
  if (!message.isWorse && Number.isSafeInteger(earlier)) {
    const { text, parse_mode, link_preview_options } = body;
    const edit = await call(deps, "editMessageText", {
      chat_id: chat,
      message_id: earlier,
      text,
      parse_mode,
      link_preview_options,
    });
    if (!isEditOver(edit)) {
      return outcomeOf(edit, settings, chat, thread);
    }
  }
  const topic = settings.topicId === undefined ? {} : { message_thread_id: Number(settings.topicId) };
  const post = await call(deps, "sendMessage", { chat_id: chat, ...body, ...topic });
  const moved = saidOf(post)?.parameters?.migrate_to_chat_id;
  if (moved === undefined) {
    return outcomeOf(post, settings, chat, null);
  }
  const again = await call(deps, "sendMessage", { chat_id: String(moved), ...body, ...topic });
  return outcomeOf(again, settings, String(moved), null);
}

async function recheck(deps: SinkDeps, settings: TelegramSettings): Promise<SendOutcome> {
  const reply = await call(deps, "getChat", { chat_id: settings.chatId });
  const outcome = outcomeOf(reply, settings, settings.chatId, null);
  return outcome.kind === "sent" ? { ...outcome, ref: null } : outcome;
}

async function call(deps: SinkDeps, method: string, body: object): Promise<VendorReply> {
  const token = deps.telegramBotToken;
  if (token === null) {
    return { kind: "unanswered", outcome: NO_BOT };
  }
  return callVendor(deps, {
    url: new URL(`/bot${token}/${method}`, deps.vendors.telegram),
    method: "POST",
    body,
    secrets: [token],
    // An edit that is over, then a chat that moved: three requests at the most.
    timeoutMs: Math.floor(HALF_TIMEOUT_MS * (2 / 3)),
  });
}

function saidOf(reply: VendorReply): Said | undefined {
  return reply.kind === "unanswered" ? undefined : answered.safeParse(reply.json).data;
}

/** Deleted, too old, or in a group that became another: told anew. */
function isEditOver(reply: VendorReply): boolean {
  const said = saidOf(reply);
  return (
    /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i.test(said?.description ?? "") ||
    said?.parameters?.migrate_to_chat_id !== undefined
  );
}

function outcomeOf(
  reply: VendorReply,
  { chatId: askedChatId }: TelegramSettings,
  chatId: string,
  earlier: SendInput<TelegramSettings>["thread"],
): SendOutcome {
  if (reply.kind === "unanswered") {
    return reply.outcome;
  }
  const said = saidOf(reply);
  // An edit that is tried again changes nothing.
  if (reply.status === 400 && /message is not modified/i.test(said?.description ?? "")) {
    return { kind: "sent", answer: reply.answer, ref: earlier };
  }
  const outcome = judge(reply, said);
  if (outcome.kind !== "sent") {
    return outcome;
  }
  const messageId = said?.result?.message_id;
  const ref = messageId === undefined ? null : { askedChatId, chatId, messageId: String(messageId) };
  return { kind: "sent", answer: { status: reply.status, text: null }, ref };
}

/** The bot is everybody's: 401 and 404 are about its token, no chat's fault. 403 and a chat that is not found are the chat's. */
function judge(reply: VendorAnswer, said: Said | undefined): SendOutcome {
  const { status, answer } = reply;
  const words = said?.description ?? "";
  const waitS = said?.parameters?.retry_after;
  if (status === 429 && waitS !== undefined) {
    return { kind: "retryable", answer, reason: "rate_limited", retryAfterMs: waitS * 1_000 };
  }
  if (status === 401 || status === 404) {
    return { kind: "retryable", answer, reason: "not_configured", retryAfterMs: null };
  }
  if (
    status === 400 &&
    /chat not found|group chat was upgraded|thread not found|TOPIC_|not enough rights|CHAT_WRITE_FORBIDDEN/i.test(
      words,
    )
  ) {
    return { kind: "permanent", answer, reason: "gone", isSinkDead: true };
  }
  return judgeStatus(reply);
}

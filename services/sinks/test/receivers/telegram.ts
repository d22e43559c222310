/** Telegram's Bot API and one chat that people see. core.telegram.org/bots/api: `sendMessage`, `editMessageText`, `getChat`, "HTML style". */
import { z } from "zod";
import { type Answer, openReceiver, type Received, type Receiver } from "./open-receiver.ts";

export interface TelegramMessage {
  readonly id: number;
  text: string;
  edits: number;
  readonly isSilent: boolean;
  readonly topicId: number | null;
}

export interface TelegramReceiver extends Receiver {
  readonly botToken: string;
  readonly chatId: string;
  readonly messages: TelegramMessage[];
  readonly vendors: { readonly telegram: string };
  block(): void;
  /** The group becomes a supergroup; its old id answers with the new one. */
  migrate(): string;
  deleteMessages(): void;
}

const chatId = z.union([z.string(), z.int()]).transform(String);
const preview = z.strictObject({ is_disabled: z.boolean().optional() });
const sendBody = z.strictObject({
  chat_id: chatId,
  text: z.string().min(1),
  parse_mode: z.literal("HTML").optional(),
  link_preview_options: preview.optional(),
  message_thread_id: z.int().optional(),
  disable_notification: z.boolean().optional(),
});
const editBody = z.strictObject({
  chat_id: chatId,
  message_id: z.int(),
  text: z.string().min(1),
  parse_mode: z.literal("HTML").optional(),
  link_preview_options: preview.optional(),
});

export async function openTelegramReceiver(): Promise<TelegramReceiver> {
  const botToken = "123456789:AAF0000000000000000000000000000000";
  const messages: TelegramMessage[] = [];
  const state = { chatId: "-4001234567", oldChatId: "", isBlocked: false, made: 0 };
  const no = (error_code: number, description: string, parameters?: object): Answer => ({
    status: error_code,
    body: { ok: false, error_code, description, ...(parameters === undefined ? {} : { parameters }) },
  });
  const yes = (result: object): Answer => ({ status: 200, body: { ok: true, result } });

  const refusedBy = (asked: string): Answer | null => {
    if (asked === state.oldChatId) {
      return no(400, "Bad Request: group chat was upgraded to a supergroup chat", {
        migrate_to_chat_id: Number(state.chatId),
      });
    }
    if (asked !== state.chatId) {
      return no(400, "Bad Request: chat not found");
    }
    return state.isBlocked ? no(403, "Forbidden: bot was kicked from the group chat") : null;
  };

  const send = (request: Received): Answer => {
    const { data } = sendBody.safeParse(request.json);
    const fault = data === undefined ? "Bad Request: can't parse" : faultOfHtml(data.text);
    const refused = data === undefined ? null : refusedBy(data.chat_id);
    if (data === undefined || fault !== null || refused !== null) {
      return refused ?? no(400, fault ?? "");
    }
    state.made += 1;
    const { text, disable_notification: isSilent = false, message_thread_id: topicId = null } = data;
    messages.push({ id: state.made, text, edits: 0, isSilent, topicId });
    return yes({ message_id: state.made, chat: { id: Number(state.chatId) } });
  };

  const edit = (request: Received): Answer => {
    const { data } = editBody.safeParse(request.json);
    const fault = data === undefined ? "Bad Request: can't parse" : faultOfHtml(data.text);
    const refused = data === undefined ? null : refusedBy(data.chat_id);
    if (data === undefined || fault !== null || refused !== null) {
      return refused ?? no(400, fault ?? "");
    }
    const found = messages.find(({ id }) => id === data.message_id);
    if (found === undefined) {
      return no(400, "Bad Request: message to edit not found");
    }
    if (found.text === data.text) {
      return no(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    }
    found.text = data.text;
    found.edits += 1;
    return yes({ message_id: found.id, chat: { id: Number(state.chatId) } });
  };

  const receiver = await openReceiver((request) => {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.path) ?? [];
    if (token !== botToken) {
      return /^\d+:[\w-]+$/.test(token ?? "") ? no(401, "Unauthorized") : no(404, "Not Found");
    }
    if (!/^application\/json/.test(String(request.headers["content-type"])) || request.json === undefined) {
      return no(400, "Bad Request: can't parse JSON object");
    }
    switch (method) {
      case "sendMessage":
        return send(request);
      case "editMessageText":
        return edit(request);
      case "getChat": {
        const asked = z.object({ chat_id: chatId }).safeParse(request.json).data?.chat_id ?? "";
        return refusedBy(asked) ?? yes({ id: Number(state.chatId), type: "group", title: "On call" });
      }
      default:
        return no(404, "Not Found: method not found");
    }
  });
  return {
    ...receiver,
    botToken,
    chatId: state.chatId,
    messages,
    vendors: { telegram: receiver.url },
    block: () => {
      state.isBlocked = true;
    },
    migrate: () => {
      state.oldChatId = state.chatId;
      state.chatId = "-1004001234567";
      return state.chatId;
    },
    deleteMessages: () => {
      messages.length = 0;
    },
  };
}

const TAG = /<(\/?)(b|i|u|s|code|pre|a)((?: href="[^"<>]*")?)>/g;

/** Telegram's words for text that its HTML does not allow, or that is too long without its tags; null: fine. */
function faultOfHtml(text: string): string | null {
  const open: string[] = [];
  for (const [, closing, name = ""] of text.matchAll(TAG)) {
    if (closing === "") {
      open.push(name);
    } else if (open.pop() !== name) {
      return "Bad Request: can't parse entities: Unmatched end tag";
    }
  }
  const rest = text.replace(TAG, "");
  if (open.length > 0 || /[<>]/.test(rest) || /&(?!(?:lt|gt|amp|quot|#\d+);)/.test(rest)) {
    return "Bad Request: can't parse entities: Unsupported start tag";
  }
  return rest.replace(/&(?:lt|gt|amp|quot);/g, "x").length > 4_096
    ? "Bad Request: message is too long"
    : null;
}

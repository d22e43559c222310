import { z } from "zod";

export const telegramSettings = z.object({
  /** Negative for groups and channels. */
  chatId: z
    .string()
    .regex(
      /^(?:-?[1-9]\d{0,18}|@[A-Za-z][A-Za-z0-9_]{4,31})$/,
      "This is not the ID of a chat, as the bot tells it.",
    ),
  /** A topic of a forum group. */
  topicId: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, "The ID of a topic is a number.")
    .optional(),
});
export type TelegramSettings = z.infer<typeof telegramSettings>;

export function shownTelegram({ chatId, topicId }: TelegramSettings): string {
  return `Chat ${chatId}${topicId === undefined ? "" : `, topic ${topicId}`}`;
}

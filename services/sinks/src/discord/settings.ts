import { z } from "zod";

/** Discord's own names for itself; the last two are its test clients, which copy such URLs too. */
const HOSTS = ["discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com"];
const PATH = /^\/api(?:\/v\d{1,2})?\/webhooks\/(\d{15,22})\/([A-Za-z0-9_-]{20,120})$/;
const SNOWFLAKE = /^\d{15,22}$/;

export interface DiscordWebhook {
  readonly id: string;
  readonly token: string;
}

/** Null when it is not the URL of a webhook of Discord. */
export function readDiscordUrl(text: string): DiscordWebhook | null {
  if (!URL.canParse(text)) {
    return null;
  }
  const url = new URL(text);
  const [, id, token] = PATH.exec(url.pathname) ?? [];
  const isPlain =
    url.origin === `https://${url.hostname}` && `${url.username}${url.password}${url.hash}` === "";
  return isPlain && HOSTS.includes(url.hostname) && id !== undefined && token !== undefined
    ? { id, token }
    : null;
}

export const discordSettings = z.object({
  url: z
    .string()
    .max(400)
    .refine(
      (text) => readDiscordUrl(text) !== null,
      "This is not the URL of a Discord webhook (https://discord.com/api/webhooks/…).",
    ),
  threadId: z.string().regex(SNOWFLAKE, "The ID of a thread is a number of 15 to 22 digits.").optional(),
});
export type DiscordSettings = z.infer<typeof discordSettings>;

export function shownDiscord({ url, threadId }: DiscordSettings): string {
  const id = readDiscordUrl(url)?.id ?? "";
  return `Webhook …${id.slice(-6)}${threadId === undefined ? "" : `, thread …${threadId.slice(-6)}`}`;
}

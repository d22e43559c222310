import { z } from "zod";

/**
 * Standard Webhooks 1.0.0, "Signature scheme": `whsec_` and the base64 of 24 to 64 random bytes.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
const webhookSecret = z
  .string()
  .startsWith("whsec_", "A secret starts with whsec_.")
  .refine(isKey, "A secret holds 24 to 64 bytes in base64.");

export const webhookSettings = z.object({
  url: z.string().max(2_048).refine(isUrl, "This is not an http(s) URL without a user name."),
  secret: webhookSecret,
  /** When `secret` took the place of the one before; both sign for a day. */
  rotatedAtMs: z.int().nonnegative().optional(),
  /** As it was before the last rotation. */
  before: z.object({ secret: webhookSecret }).optional(),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;

/** After a rotation both secrets sign for so long, so that a receiver can change over without losing a message. */
export const ROTATION_MS = 24 * 3_600_000;

export function shownWebhook({ url }: WebhookSettings): string {
  return new URL(url).host;
}

/** Newest first. */
export function signingSecrets(settings: WebhookSettings, nowMs: number): readonly string[] {
  const { secret, before, rotatedAtMs } = settings;
  const isChanging = rotatedAtMs !== undefined && nowMs < rotatedAtMs + ROTATION_MS;
  return before !== undefined && isChanging ? [secret, before.secret] : [secret];
}

function isKey(text: string): boolean {
  const base64 = text.slice("whsec_".length);
  const bytes = Buffer.from(base64, "base64");
  return bytes.toString("base64") === base64 && bytes.length >= 24 && bytes.length <= 64;
}

function isUrl(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}` === "";
}

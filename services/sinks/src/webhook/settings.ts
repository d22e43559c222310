import { z } from "zod";

/**
 * Standard Webhooks 1.0.0, "Signature scheme": `whsec_` and the base64 of 24 to 64 random bytes.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
const webhookSecret = z
  .string()
  .startsWith("whsec_", "A secret starts with whsec_.")
  .refine(isKey, "A secret holds 24 to 64 bytes in base64.");

/** So many secrets beside the newest, each of which is another signature in the header. */
export const RETIRED_MAX = 5;

export const webhookSettings = z.object({
  url: z.string().max(2_048).refine(isUrl, "This is not an http(s) URL without a user name."),
  secret: webhookSecret,
  /** Those that it took the place of, newest first: each signs beside it until its time. */
  retired: z
    .array(z.object({ secret: webhookSecret, signsUntilMs: z.int().nonnegative() }))
    .max(RETIRED_MAX)
    .optional(),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;

/** After a rotation the secret before signs for so long, so that a receiver can change over without losing a message. */
export const ROTATION_MS = 24 * 3_600_000;

export function shownWebhook({ url }: WebhookSettings): string {
  return new URL(url).host;
}

/** Newest first. */
export function signingSecrets(settings: WebhookSettings, nowMs: number): readonly string[] {
  return [settings.secret, ...stillSigning(settings, nowMs).map(({ secret }) => secret)];
}

/** With another secret; null when `RETIRED_MAX` others still sign. None of them is cut short: receivers count on its day. */
export function rotateSecret(
  settings: WebhookSettings,
  { secret, nowMs }: { readonly secret: string; readonly nowMs: number },
): WebhookSettings | null {
  const before = { secret: settings.secret, signsUntilMs: nowMs + ROTATION_MS };
  const retired = [before, ...stillSigning(settings, nowMs)];
  return retired.length > RETIRED_MAX ? null : { ...settings, secret, retired };
}

const stillSigning = ({ retired = [] }: WebhookSettings, nowMs: number) =>
  retired.filter(({ signsUntilMs }) => nowMs < signsUntilMs);

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

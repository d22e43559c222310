import { createHmac, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;

/** A new signing secret; shown to its owner once. */
export const makeWebhookSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;

/**
 * Header `webhook-signature`: one `v1` signature per secret over `id.timestamp.body`, so that a receiver that knows any of
 * them verifies. Standard Webhooks 1.0.0, "Signature scheme".
 */
export function signWebhook(
  secrets: readonly string[],
  signed: { readonly id: string; readonly timestampS: number; readonly body: string },
): string {
  const text = `${signed.id}.${signed.timestampS}.${signed.body}`;
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
    })
    .join(" ");
}

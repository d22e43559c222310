import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";

/**
 * Answers kept for a repeat are encrypted under the caller's own API key, of which we hold a hash only: an answer may
 * show a secret once, and a copy of the table tells nobody. AES-256-GCM; nonce, ciphertext, tag.
 */
export interface AnswerSecret {
  readonly presentedKey: string;
  readonly tenantId: string;
  readonly key: string;
  readonly requestHash: string;
}

const answerSchema = z.object({ headers: z.record(z.string(), z.string()), body: z.string() });
export type KeptAnswer = z.infer<typeof answerSchema>;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function sealAnswer(answer: KeptAnswer, secret: AnswerSecret): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", encryptionKey(secret), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(answer), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
}

/** Throws when the bytes were not sealed under this secret. */
export function openAnswer(bytes: Buffer, secret: AnswerSecret): KeptAnswer {
  const decipher = createDecipheriv(
    "aes-256-gcm",
    encryptionKey(secret),
    bytes.subarray(0, NONCE_BYTES),
  ).setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return answerSchema.parse(JSON.parse(text.toString("utf8")));
}

function encryptionKey({ presentedKey, tenantId, key, requestHash }: AnswerSecret): Buffer {
  const purpose = ["alivemcp idempotent answer", tenantId, key, requestHash].join("\n");
  // HKDF of node:crypto takes at most 1,024 bytes of purpose; ours are below 512.
  return Buffer.from(hkdfSync("sha256", presentedKey, tenantId, purpose, 32));
}

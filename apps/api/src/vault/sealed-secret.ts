/**
 * AES-256-GCM over one secret. Stored as nonce (12 bytes), ciphertext, tag (16 bytes). Whose secret it is, of which
 * endpoint, which version and what for is additional data: a row copied to another place does not decrypt there.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Everything that must be the same again for a secret to open. */
export interface SecretBinding {
  readonly tenantId: string;
  readonly endpointId: string;
  /** Of the endpoint's credential. */
  readonly version: number;
  readonly purpose: "credential" | "access-token" | "refresh-token" | "connect";
}

export const DATA_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function sealSecret(key: Buffer, plaintext: Buffer, binding: SecretBinding): Buffer {
  return sealBytes(key, plaintext, additionalDataOf(binding));
}

/** The plaintext, or null when key, binding or a byte differs. */
export function openSecret(key: Buffer, sealed: Buffer, binding: SecretBinding): Buffer | null {
  return openBytes(key, sealed, additionalDataOf(binding));
}

/** The same for any additional data; a fresh random nonce every time. */
export function sealBytes(key: Buffer, plaintext: Buffer, additionalData: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(additionalData);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

export function openBytes(key: Buffer, sealed: Buffer, additionalData: Buffer): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) {
    return null;
  }
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** JSON of a list has one reading only, whatever characters its parts hold. */
const additionalDataOf = ({ tenantId, endpointId, version, purpose }: SecretBinding) =>
  Buffer.from(JSON.stringify(["alivemcp vault 1", purpose, tenantId, endpointId, version]));

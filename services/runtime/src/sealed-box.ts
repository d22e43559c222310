/**
 * Seals bytes to one X25519 public key (RFC 7748), so that only the process holding its private half reads them: an
 * ephemeral key per message, HKDF-SHA256 (RFC 5869) over the shared secret and both public keys, AES-256-GCM with the
 * binding as additional data. Opening with another binding, key or a changed byte fails as a whole.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

/**
 * What a box is good for, by names of its use: a dispatch of a probe, a version of a sink. Both sides state it; neither
 * sends it. The order of the names does not matter.
 */
export type BoxBinding = Readonly<Record<string, string | number>>;

/** All parts base64url; the 16-byte tag is at the end of the ciphertext. */
export interface SealedBox {
  readonly ephemeralPublicKey: string;
  readonly nonce: string;
  readonly ciphertext: string;
}

export interface BoxKeys {
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

const INFO = "alivemcp sealed box 2";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function makeBoxKeys(): BoxKeys {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return { publicKey: rawOf(publicKey), privateKey };
}

/** Throws when `recipientPublicKey` is no usable X25519 key; small-order points are refused by the key agreement. */
export function sealBox(recipientPublicKey: string, plaintext: Buffer, binding: BoxBinding): SealedBox {
  const ephemeral = makeBoxKeys();
  const key = keyBetween(ephemeral.privateKey, recipientPublicKey, [ephemeral.publicKey, recipientPublicKey]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(additionalDataOf(binding));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return {
    ephemeralPublicKey: ephemeral.publicKey,
    nonce: nonce.toString("base64url"),
    ciphertext: ciphertext.toString("base64url"),
  };
}

/** The bytes, or null when this box was not sealed to these keys with this binding, byte for byte. */
export function openBox(keys: BoxKeys, box: SealedBox, binding: BoxBinding): Buffer | null {
  try {
    const key = keyBetween(keys.privateKey, box.ephemeralPublicKey, [box.ephemeralPublicKey, keys.publicKey]);
    const sealed = Buffer.from(box.ciphertext, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(box.nonce, "base64url"), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(additionalDataOf(binding)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** The public keys are the salt, in the order sender, recipient: a box is bound to both ends. */
function keyBetween(privateKey: KeyObject, publicKey: string, ends: readonly [string, string]): Buffer {
  const secret = diffieHellman({ privateKey, publicKey: keyOf(publicKey) });
  const salt = Buffer.concat(ends.map((end) => Buffer.from(end, "base64url")));
  return Buffer.from(hkdfSync("sha256", secret, salt, INFO, KEY_BYTES));
}

/** JSON of a list has one reading only, whatever characters the parts hold. */
const additionalDataOf = (binding: BoxBinding) => {
  const names = Object.keys(binding).sort();
  return Buffer.from(JSON.stringify([INFO, ...names.map((name) => [name, binding[name]])]));
};

const keyOf = (raw: string) => createPublicKey({ key: { kty: "OKP", crv: "X25519", x: raw }, format: "jwk" });
const rawOf = (key: KeyObject) => key.export({ format: "jwk" }).x ?? "";

/**
 * What an API key looks like: `amk_live_` + 8 characters by which it is found + `_` + 32 that are secret + 6 of
 * checksum, all base62. The word in front lets secret scanners find a leaked key; the checksum lets them, and us, tell
 * a key from a typo without asking anybody. (GitHub's tokens are built alike.)
 */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORM = /^amk_live_([0-9A-Za-z]{8})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

export const KEY_PREFIX_CHARS = 8;
export const KEY_SECRET_CHARS = 32;

export interface ApiKeyParts {
  /** Shown in lists; a key is found by it. */
  readonly prefix: string;
  /** 32 base62 characters: 190 bits, so a plain SHA-256 of it cannot be searched backwards. */
  readonly secret: string;
}

/** The key as its owner keeps it. */
export function formatApiKey({ prefix, secret }: ApiKeyParts): string {
  const body = `amk_live_${prefix}_${secret}`;
  return body + checksum(body);
}

/** The parts of a key that is well-formed and whose checksum is right; null for everything else. */
export function parseApiKey(text: string): ApiKeyParts | null {
  const [, prefix, secret] = FORM.exec(text) ?? [];
  if (prefix === undefined || secret === undefined || formatApiKey({ prefix, secret }) !== text) {
    return null;
  }
  return { prefix, secret };
}

/** What of a key is shown once it is stored. */
export const hintOfApiKey = (prefix: string) => `amk_live_${prefix}_…`;

/** Base62 characters for random bytes; bytes above the last whole multiple of 62 are passed over, so none is favoured. */
export function base62OfBytes(bytes: Uint8Array, length: number): string | null {
  const text = [...bytes]
    .filter((byte) => byte < 248)
    .slice(0, length)
    .map((byte) => ALPHABET[byte % 62])
    .join("");
  return text.length === length ? text : null;
}

/** CRC-32 of the ASCII text, as six base62 digits (62^6 > 2^32). */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let n = 0; n < 6; n += 1) {
    digits = ALPHABET[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** CRC-32 as in zip and Ethernet (ISO 3309), of an ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ text.charCodeAt(i)) & 0xff] as number);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const TABLE: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc;
});

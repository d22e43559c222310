import { dictionary } from "@zxcvbn-ts/language-common";
import { z } from "zod";

/** NIST SP 800-63B, section 5.1.1.2: length before composition, a list of common ones, no rules of characters. */
const CHARS_MIN = 10;
const CHARS_MAX = 128;
/** From this length on the dictionary's order no longer matters: 1,557 of its passwords are long enough for us. */
const COMMON: ReadonlySet<string> = new Set(dictionary.passwords.filter((word) => word.length >= CHARS_MIN));
/** Shorter parts of an address are in many good passwords. */
const PART_CHARS_MIN = 5;

/** A password as it is compared and hashed: keyboards compose the same character differently (RFC 8265, section 4.2). */
export const passwordInput = z
  .string({ error: "Give a password." })
  .max(1_000, `A password may have at most ${CHARS_MAX} characters.`)
  .transform((text) => text.normalize("NFKC"));

/** What is wrong with a new password of this person, as a sentence; null when it may be used. */
export function judgePassword(password: string, email: string): string | null {
  const length = [...password].length;
  if (length < CHARS_MIN) {
    return `Use at least ${CHARS_MIN} characters; a few unrelated words are good.`;
  }
  if (length > CHARS_MAX) {
    return `A password may have at most ${CHARS_MAX} characters.`;
  }
  const lower = password.toLowerCase();
  const [local = "", domain = ""] = email.toLowerCase().split("@");
  if (
    lower === email.toLowerCase() ||
    [local, domain].some((part) => part.length >= PART_CHARS_MIN && isMostly(lower, part))
  ) {
    return "Do not use your address as the password.";
  }
  if (COMMON.has(lower) || new Set(lower).size < 4) {
    return "This password is among the first that anybody would try; choose another.";
  }
  return null;
}

/** Whether the password is the part and little else. */
const isMostly = (password: string, part: string) =>
  password.includes(part) && password.length - part.length < 6;

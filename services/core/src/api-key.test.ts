import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { base62OfBytes, formatApiKey, KEY_PREFIX_CHARS, KEY_SECRET_CHARS, parseApiKey } from "./api-key.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const base62 = (length: number) =>
  fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: length, maxLength: length });
const parts = fc.record({ prefix: base62(KEY_PREFIX_CHARS), secret: base62(KEY_SECRET_CHARS) });

test("every key is read back as what it was made of", () => {
  fc.assert(
    fc.property(parts, (key) => {
      expect(parseApiKey(formatApiKey(key))).toEqual(key);
    }),
  );
});

test("one character that is not the one meant is noticed without asking anybody", () => {
  fc.assert(
    fc.property(parts, fc.nat(), fc.constantFrom(...ALPHABET), (key, at, other) => {
      const text = formatApiKey(key);
      const place = at % text.length;
      const typo = text.slice(0, place) + other + text.slice(place + 1);
      expect(parseApiKey(typo)).toEqual(typo === text ? key : null);
    }),
  );
});

test("the checksum is the CRC-32 of everything before it, most significant digit first", () => {
  const text = formatApiKey({ prefix: "AbCdEfGh", secret: "0123456789abcdefghijABCDEFGHIJxy" });
  const number = [...text.slice(-6)].reduce((sum, digit) => sum * 62 + ALPHABET.indexOf(digit), 0);
  expect(number).toBe(crc32(text.slice(0, -6)));
});

test.each([
  ["nothing", ""],
  ["another scheme", "sk_live_00000000_0000000000000000000000000000000000000"],
  [
    "a key with a line break behind it",
    `${formatApiKey({ prefix: "0".repeat(8), secret: "0".repeat(32) })}\n`,
  ],
  ["a key of a megabyte", `amk_live_00000000_${"0".repeat(1_000_000)}`],
])("%s is no key", (_name, text) => {
  expect(parseApiKey(text)).toBeNull();
});

test("random bytes become characters that are all equally likely, or nothing when there are too few", () => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const character = base62OfBytes(Uint8Array.of(byte), 1);
    if (character !== null) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  expect([...counts.keys()].sort().join("")).toBe(ALPHABET);
  expect([...new Set(counts.values())]).toEqual([4]);
  expect(base62OfBytes(Uint8Array.of(255, 254), 1)).toBeNull();
});

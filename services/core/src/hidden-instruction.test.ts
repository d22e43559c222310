import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitInvisible } from "./hidden-instruction.ts";

describe("a text cut where it cannot be seen", () => {
  test.each([
    ["plain", [["plain", false]]],
    ["", []],
    [
      "a\u200b\u202eb",
      [
        ["a", false],
        ["\u200b\u202e", true],
        ["b", false],
      ],
    ],
    ["\u{e0041}", [["\u{e0041}", true]]],
    ["naïve, 日本語, 👩‍💻", [["naïve, 日本語, 👩‍💻", false]]],
  ])("%j", (text, expected) => {
    expect(splitInvisible(text).map((part) => [part.text, part.isInvisible])).toEqual(expected);
  });
  test("put together again, the parts are the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\u200b", "\u{e0041}", "é", "\u2066") }), (text) => {
        expect(
          splitInvisible(text)
            .map((part) => part.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});

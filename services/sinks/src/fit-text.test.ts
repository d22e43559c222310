import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { disarm, fitLines, fitText } from "./fit-text.ts";

const escapeHtml = (char: string) => (char === "<" ? "&lt;" : char === "&" ? "&amp;" : char);

describe("text that is cut to a limit", () => {
  test.each([
    ["fits", "abc", 3, "abc"],
    ["is one too long", "abcd", 3, "ab…"],
    ["ends within an escape", "ab<cd", 5, "ab…"],
    ["is an escape that fits exactly", "ab<", 6, "ab&lt;"],
    ["ends within a character of two units", "ab😀", 3, "ab…"],
    ["holds half a character", "a\ud83d", 5, "a\ufffd"],
    ["is empty", "", 3, ""],
  ])("and %s", (_name, text, charsMax, cut) => {
    expect(fitText(text, charsMax, escapeHtml)).toBe(cut);
  });

  test("never is longer than its limit, never ends within an escape, and is whole when it can be", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.integer({ min: 1, max: 80 }),
        (text, charsMax) => {
          const whole = [...text.toWellFormed()].map(escapeHtml).join("");
          const cut = fitText(text, charsMax, escapeHtml);
          expect(cut.length).toBeLessThanOrEqual(charsMax);
          expect(cut.isWellFormed()).toBe(true);
          expect(cut.replace(/&(?:lt|amp);/g, "")).not.toMatch(/&/);
          expect(cut === whole).toBe(whole.length <= charsMax);
        },
      ),
    );
  });
});

describe("lines that are left out", () => {
  test("are counted", () => {
    expect(fitLines(["ab", "cd", "ef"], 5)).toEqual({ text: "ab\ncd", linesLeftOut: 1 });
    expect(fitLines(["ab", "cd"], 5)).toEqual({ text: "ab\ncd", linesLeftOut: 0 });
    expect(fitLines(["abcdef"], 5)).toEqual({ text: "", linesLeftOut: 1 });
  });
});

test("a disarmed text reads the same, and no chat makes a mention or a link of it", () => {
  const disarmed = disarm("@everyone see https://evil.example");
  expect(disarmed).not.toMatch(/@everyone|:\/\//);
  expect(disarmed.replaceAll("\u200b", "")).toBe("@everyone see https://evil.example");
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffLines } from "./diff-lines.ts";

const text = (before: string, after: string) =>
  diffLines([...before], [...after])
    .map(({ kind, text: line }) => `${{ same: " ", removed: "-", added: "+" }[kind]}${line}`)
    .join("");

describe("a difference of lines", () => {
  test.each([
    ["", "", ""],
    ["abc", "abc", " a b c"],
    ["", "ab", "+a+b"],
    ["ab", "", "-a-b"],
    ["abc", "axc", " a-b+x c"],
    ["abcabba", "cbabac", "-a-b c+b a b-b a+c"],
    ["aaab", "aab", " a a-a b"],
  ])("%j → %j is %j", (before, after, expected) => {
    expect(text(before, after)).toBe(expected);
  });

  test("what is left without the added lines is the old text, without the removed ones the new", () => {
    const some = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 });
    fc.assert(
      fc.property(some, some, (before, after) => {
        const diff = diffLines(before, after);
        const without = (kind: string) => diff.filter((line) => line.kind !== kind).map((line) => line.text);
        expect(without("added")).toEqual(before);
        expect(without("removed")).toEqual(after);
      }),
    );
  });

  test("no shorter way leads from one text to the other: as many lines stay as the longest common subsequence has", () => {
    const some = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 14 });
    fc.assert(
      fc.property(some, some, (before, after) => {
        const stay = diffLines(before, after).filter(({ kind }) => kind === "same").length;
        expect(stay).toBe(longestCommon(before, after));
      }),
    );
  });

  test("texts with nothing in common are told as replaced, in bounded time", () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `a${index}`);
    const after = Array.from({ length: 20_000 }, (_, index) => `b${index}`);
    const diff = diffLines(before, after);
    expect(diff).toHaveLength(40_000);
    expect(diff[0]).toEqual({ kind: "removed", text: "a0" });
    expect(diff.at(-1)).toEqual({ kind: "added", text: "b19999" });
  });
});

/** The textbook table. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const row = table[i] as number[];
      const above = table[i - 1] as number[];
      row[j] =
        a[i - 1] === b[j - 1]
          ? (above[j - 1] as number) + 1
          : Math.max(above[j] as number, row[j - 1] as number);
    }
  }
  return table[a.length]?.[b.length] as number;
}

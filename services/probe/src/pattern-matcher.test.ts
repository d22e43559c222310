import { describe, expect, test } from "vitest";
import { createPatternMatcher, findPatternProblem } from "./pattern-matcher.ts";

const { matches } = createPatternMatcher();

test.each([
  ["anywhere in the text", "b+", "abbc", true],
  ["at its start only, when anchored", "^b", "abbc", false],
  ["in any case of letters, when told so", "(?i)OK", "all ok", true],
  ["by class", "^\\d+ ms$", "12 ms", true],
  ["by Unicode class", "^\\p{L}+$", "größe", true],
  ["nothing", "x", "abc", false],
])("a pattern finds %s", (_name, pattern, subject, isFound) => {
  expect(matches(pattern, subject)).toBe(isFound);
});

test("a pattern that cannot be read matches nothing", () => {
  expect(matches("(", "(")).toBe(false);
});

describe("a pattern is refused in a sentence when it", () => {
  test.each([
    ["is no expression", "("],
    ["looks ahead", "a(?=b)"],
    ["looks behind", "(?<=a)b"],
    ["refers back", "(a)\\1"],
    ["repeats a thousand times", "(?:[ab]?){1000}"],
    ["repeats repetitions", "(?:(?:[ab]a?){30}){30}"],
  ])("%s", (_name, pattern) => {
    expect(findPatternProblem(pattern)).toMatch(/^This pattern .+\.$/);
    expect(matches(pattern, "aaaa")).toBe(false);
  });

  test("and is taken otherwise", () => {
    expect(findPatternProblem("^(ok|healthy)\\b")).toBeNull();
  });
});

test.each([
  ["nested repetition", "(a+)+$", "a"],
  ["nested optional repetition", "(a*)*b", "a"],
  ["alternatives that overlap", "(a|a)*b", "a"],
  ["repetitions side by side", "a*a*a*a*a*a*a*b", "a"],
  ["the largest repetition that is taken", "(?:[ab]?){240}[cd]", "ab"],
])("%s ends at once over the longest text there is", (_name, pattern, unit) => {
  const subject = `${unit.repeat(2_000).slice(0, 2_000)}!`;
  expect(findPatternProblem(pattern)).toBeNull();
  const startedMs = performance.now();
  matches(pattern, subject);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

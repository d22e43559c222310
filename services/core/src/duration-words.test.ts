import { expect, test } from "vitest";
import { durationWords } from "./duration-words.ts";

test.each<[ms: number, words: string]>([
  [-5_000, "0 s"],
  [0, "0 s"],
  [999, "0 s"],
  [1_000, "1 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [119_000, "1 min"],
  [3_599_000, "59 min"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [86_399_000, "23 h 59 min"],
  [86_400_000, "1 d"],
  [262_800_000, "3 d 1 h"],
  [86_400_000 * 400, "400 d"],
])("%d ms are %s", (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

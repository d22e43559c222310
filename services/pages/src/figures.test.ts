import { expect, test } from "vitest";
import { cadenceText, clockText, dayText, latencyText, percentText, spanText, utcText } from "./figures.ts";

test.each([
  [-5, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [3_600_000, "1 h"],
  [2 * 3_600_000 + 14 * 60_000, "2 h 14 min"],
  [86_400_000, "1 d"],
  [3 * 86_400_000 + 4 * 3_600_000 + 59 * 60_000, "3 d 4 h"],
])("%d ms reads %s", (spanMs, expected) => {
  expect(spanText(spanMs)).toBe(expected);
});

test("figures say their unit, and what was not measured is a dash", () => {
  expect([percentText(0.99996), percentText(1), percentText(null)]).toEqual(["99.99 %", "100 %", "–"]);
  expect([latencyText(181.6), latencyText(1_240), latencyText(0.4), latencyText(null)]).toEqual([
    "182 ms",
    "1.2 s",
    "< 1 ms",
    "–",
  ]);
  expect([30_000, 60_000, 900_000, 3_600_000].map(cadenceText)).toEqual([
    "every 30 s",
    "every 60 s",
    "every 15 min",
    "every hour",
  ]);
});

test("times are UTC and say so", () => {
  const at = Date.UTC(2026, 10, 5, 7, 8, 9);
  expect([utcText(at), clockText(at), dayText(at)]).toEqual([
    "2026-11-05 07:08:09 UTC",
    "07:08",
    "5 Nov 2026",
  ]);
});

import { expect, test } from "vitest";
import { endpointOptionsSchema } from "./endpoint-options.ts";

test("without a word every option has the default that the product promises", () => {
  expect(endpointOptionsSchema.parse({})).toEqual({
    health: { kind: "auto" },
    healthUrls: [],
    expectedTools: [],
    latencyDegradedMs: 5_000,
    degradedAfterMinutes: 3,
    degradedClearedAfterMinutes: 2,
    confirmationPeriodMs: 30_000,
  });
});

test("an expected tool named twice counts once", () => {
  expect(endpointOptionsSchema.parse({ expectedTools: ["a", "b", "a"] }).expectedTools).toEqual(["a", "b"]);
});

test.each([
  ["half a second of latency", { latencyDegradedMs: 500 }],
  ["thirty seconds of latency", { latencyDegradedMs: 30_000 }],
  ["one bad minute", { degradedAfterMinutes: 1 }],
  ["ten good ones", { degradedClearedAfterMinutes: 10 }],
  ["no wait between looks", { confirmationPeriodMs: 0 }],
  ["ten minutes between looks", { confirmationPeriodMs: 600_000 }],
  ["a hundred tools", { expectedTools: Array.from({ length: 100 }, (_, n) => `tool-${n}`) }],
])("%s may be chosen", (_name, options) => {
  expect(endpointOptionsSchema.parse(options)).toMatchObject(options);
});

test.each([
  ["less than half a second of latency", { latencyDegradedMs: 499 }],
  ["more than thirty seconds of latency", { latencyDegradedMs: 30_001 }],
  ["half a minute", { degradedAfterMinutes: 1.5 }],
  ["no bad minute", { degradedAfterMinutes: 0 }],
  ["eleven good minutes", { degradedClearedAfterMinutes: 11 }],
  ["more than ten minutes between looks", { confirmationPeriodMs: 600_001 }],
  ["101 tools", { expectedTools: Array.from({ length: 101 }, (_, n) => `tool-${n}`) }],
  ["a tool without a name", { expectedTools: [""] }],
  ["a tool name with a line break", { expectedTools: ["a\nb"] }],
  ["six health URLs", { healthUrls: Array(6).fill({ url: "https://example.com" }) }],
  ["a health URL every six minutes", { healthUrls: [{ url: "https://example.com", everyMinutes: 6 }] }],
  ["an option nobody knows", { isEverythingFine: true }],
])("%s is refused", (_name, options) => {
  expect(endpointOptionsSchema.safeParse(options).success).toBe(false);
});

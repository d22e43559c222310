import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateHealthAssertions, type HealthAssertion, healthAssertionSchema } from "./health-assertion.ts";

const well = {
  structuredContent: {
    status: "ok",
    queue: { depth: 12 },
    ready: true,
    tags: ["blue", "v2"],
    checks: [
      { name: "db", isOk: true, ms: 4 },
      { name: "cache", isOk: true, ms: 9 },
    ],
    owner: null,
  },
};
const text = (...texts: string[]) => ({ content: texts.map((one) => ({ type: "text", text: one })) });
/** Stands in for the linear-time engine, which is services/probe's. */
const includes = (pattern: string, subject: string) => subject.includes(pattern);
const judge = (assertion: HealthAssertion, result: object = well) =>
  evaluateHealthAssertions([assertion], result, includes);

const equals = (path: string, value: string | number | boolean | null): HealthAssertion => ({
  kind: "equals",
  path,
  value,
});
const contains = (path: string, value: string | number): HealthAssertion => ({
  kind: "contains",
  path,
  value,
});
const matches = (path: string, pattern: string): HealthAssertion => ({ kind: "matches", path, pattern });
const lessThan = (path: string, value: number): HealthAssertion => ({ kind: "less-than", path, value });

describe("an assertion holds when", () => {
  test.each<[string, HealthAssertion, object]>([
    ["a text is equal", equals("$.status", "ok"), well],
    ["a number is equal", equals("$.queue.depth", 12), well],
    ["a flag is equal", equals("$.ready", true), well],
    ["nothing is expected and null is there", equals("$.owner", null), well],
    ["all that a wildcard finds is equal", equals("$.checks[*].isOk", true), well],
    ["a text contains another", contains("$.status", "o"), well],
    ["a list contains a value", contains("$.tags", "v2"), well],
    ["a text matches", matches("$.checks[0].name", "d"), well],
    ["a number's text matches", matches("$.queue.depth", "12"), well],
    ["a number is less", lessThan("$.queue.depth", 13), well],
    ["all numbers are less", lessThan("$.checks[*].ms", 10), well],
    ["the text content is JSON that fits", equals("$.status", "ok"), text('{"status": "ok"}')],
    ["the text content is a bare number", lessThan("$", 5), text("4.5")],
    ["the text content is no JSON, and is meant as text", contains("$", "healthy"), text("all healthy")],
    ["several texts make one JSON", equals("$.a", 1), text('{"a":', "1}")],
  ])("%s", (_name, assertion, result) => {
    expect(judge(assertion, result)).toEqual({ kind: "held" });
  });
});

describe("an assertion fails, and says what was found, when", () => {
  test.each<[string, HealthAssertion, object, string]>([
    [
      "a text differs",
      equals("$.status", "green"),
      well,
      'assertion_failed 1: $.status equals "green", found "ok"',
    ],
    [
      "a number is a text of it",
      equals("$.queue.depth", "12"),
      well,
      'assertion_failed 1: $.queue.depth equals "12", found 12',
    ],
    [
      "one of several differs",
      lessThan("$.checks[*].ms", 5),
      well,
      "assertion_failed 1: $.checks[*].ms less-than 5, found 9",
    ],
    [
      "a number is equal to the bound",
      lessThan("$.queue.depth", 12),
      well,
      "assertion_failed 1: $.queue.depth less-than 12, found 12",
    ],
    [
      "a text is no number",
      lessThan("$.status", 5),
      well,
      'assertion_failed 1: $.status less-than 5, found "ok"',
    ],
    [
      "there is nothing",
      equals("$.gone", null),
      well,
      "assertion_failed 1: $.gone equals null, nothing is there",
    ],
    [
      "a wildcard finds nothing",
      equals("$.none[*]", true),
      well,
      "assertion_failed 1: $.none[*] equals true, nothing is there",
    ],
    [
      "a list contains only the text of a number",
      contains("$.tags", 2),
      well,
      'assertion_failed 1: $.tags contains 2, found ["blue","v2"]',
    ],
    [
      "an object is searched for a text",
      contains("$.queue", "depth"),
      well,
      'assertion_failed 1: $.queue contains "depth", found {"depth":12}',
    ],
    [
      "a pattern is not found",
      matches("$.status", "up"),
      well,
      'assertion_failed 1: $.status matches up, found "ok"',
    ],
    [
      "the text content is another text",
      contains("$", "well"),
      text("ill"),
      'assertion_failed 1: $ contains "well", found "ill"',
    ],
    ["there is no content", equals("$", 1), {}, 'assertion_failed 1: $ equals 1, found ""'],
    [
      "structured content is there, whatever the text says",
      equals("$.a", 1),
      { structuredContent: { a: 2 }, ...text('{"a": 1}') },
      "assertion_failed 1: $.a equals 1, found 2",
    ],
    [
      "its path was never valid",
      equals("nonsense", 1),
      well,
      "assertion_failed 1: nonsense equals 1, nothing is there",
    ],
  ])("%s", (_name, assertion, result, detail) => {
    expect(judge(assertion, result)).toEqual({ kind: "failed", position: 1, detail });
  });
});

test("the first of several that fails is told, by its place in the owner's list", () => {
  const verdict = evaluateHealthAssertions(
    [equals("$.status", "ok"), lessThan("$.queue.depth", 5), equals("$.ready", false)],
    well,
    includes,
  );
  expect(verdict).toMatchObject({ kind: "failed", position: 2 });
});

test("a detail never shows a secret that the tool gave away", () => {
  const leaking = { structuredContent: { token: "Bearer sk-live-abcdefghijklmnop" } };
  const verdict = judge(equals("$.token", "none"), leaking);
  expect(JSON.stringify(verdict)).not.toContain("abcdefghijklmnop");
});

test("a detail fits beside the reason and shows at most 100 characters of what was found", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ maxLength: 500 }), (value, wanted) => {
      const verdict = judge(equals("$", `${wanted}#`), { structuredContent: value });
      const found = verdict.kind === "failed" ? (verdict.detail.split("found ").at(-1) ?? "") : "";
      expect(verdict.kind === "failed" && verdict.detail.length).toBeLessThanOrEqual(200);
      expect(found.length).toBeLessThanOrEqual(200);
    }),
  );
});

test("a pattern is searched for in the start of a text, and in so much of all texts together", () => {
  const searched: number[] = [];
  const note = (_pattern: string, subject: string) => searched.push(subject.length) > 0;
  const long = { structuredContent: Array.from({ length: 20 }, () => "x".repeat(5_000)) };
  evaluateHealthAssertions([matches("$[*]", "x")], long, note);
  expect(Math.max(...searched)).toBe(2_000);
  expect(searched.reduce((sum, chars) => sum + chars, 0)).toBe(10_000);
});

test.each([
  ["a path that cannot be read", { kind: "equals", path: "$..a", value: 1 }],
  ["an expected object", { kind: "equals", path: "$", value: {} }],
  ["a text longer than 500", { kind: "contains", path: "$", value: "x".repeat(501) }],
  ["a pattern longer than 200", { kind: "matches", path: "$", pattern: "x".repeat(201) }],
  ["an empty pattern", { kind: "matches", path: "$", pattern: "" }],
  ["a bound that is no number", { kind: "less-than", path: "$", value: "5" }],
  ["a bound without end", { kind: "less-than", path: "$", value: Number.POSITIVE_INFINITY }],
  ["a field nobody knows", { kind: "equals", path: "$", value: 1, not: true }],
  ["a kind nobody knows", { kind: "exists", path: "$" }],
])("an assertion with %s is refused", (_name, assertion) => {
  expect(healthAssertionSchema.safeParse(assertion).success).toBe(false);
});

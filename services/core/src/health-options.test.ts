import { expect, test } from "vitest";
import { healthOptionsSchema } from "./health-options.ts";

const named = { kind: "named", tool: "ping", arguments: {}, isReadOnlyConfirmed: true };
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

test.each([
  ["no call", { kind: "never" }],
  ["the tool of that name", { kind: "auto" }],
  ["assertions on it", { kind: "auto", assertions: [{ kind: "equals", path: "$", value: 1 }] }],
  ["a named tool", named],
  ["arguments 16 levels deep", { ...named, arguments: nested(16) }],
  ["arguments of 8 KiB", { ...named, arguments: { a: "x".repeat(8_192 - '{"a":""}'.length) } }],
])("%s may be wished", (_name, options) => {
  expect(healthOptionsSchema.parse(options)).toEqual(options);
});

test.each([
  ["a named tool that nobody confirmed to be read-only", { ...named, isReadOnlyConfirmed: false }],
  ["one where nobody was asked", { kind: "named", tool: "ping", arguments: {} }],
  ["a tool without a name", { ...named, tool: "" }],
  ["a name longer than 128", { ...named, tool: "x".repeat(129) }],
  ["arguments that are a list", { ...named, arguments: [] }],
  ["arguments 17 levels deep", { ...named, arguments: nested(17) }],
  ["arguments a thousand levels deep", { ...named, arguments: nested(1_000) }],
  ["arguments above 8 KiB", { ...named, arguments: { a: "x".repeat(8_192) } }],
  ["arguments above 8 KiB in bytes only", { ...named, arguments: { a: "ß".repeat(4_100) } }],
  [
    "more than 20 assertions",
    { kind: "auto", assertions: Array(21).fill({ kind: "equals", path: "$", value: 1 }) },
  ],
])("%s is refused", (_name, options) => {
  expect(healthOptionsSchema.safeParse(options).success).toBe(false);
});

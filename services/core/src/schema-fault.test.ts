import { describe, expect, test } from "vitest";
import { findSchemaFault } from "./schema-fault.ts";

describe.each<[string, Record<string, unknown>, string | null]>([
  ["an empty schema", {}, null],
  ["every type", { type: ["array", "boolean", "integer", "null", "number", "object", "string"] }, null],
  ["boolean subschemas", { properties: { a: true }, additionalProperties: false }, null],
  ["a property named like a keyword", { properties: { type: { type: "string" }, $ref: {} } }, null],
  ["an unknown type", { type: "text" }, "the schema has a type no JSON Schema knows"],
  ["an empty list of types", { type: [] }, "the schema has a type no JSON Schema knows"],
  [
    "a nested fault",
    { properties: { a: { items: { type: 1 } } } },
    "#/properties/a/items has a type no JSON Schema knows",
  ],
  [
    "a string as schema",
    { properties: { a: "string" } },
    "#/properties/a is neither an object nor a boolean",
  ],
  [
    "a local reference",
    { $defs: { "a/b": { type: "string" } }, properties: { a: { $ref: "#/$defs/a~1b" } } },
    null,
  ],
  ["a percent-coded reference", { $defs: { "a b": {} }, properties: { a: { $ref: "#/$defs/a%20b" } } }, null],
  ["a reference to itself", { properties: { a: { $ref: "#" } } }, null],
  ["an anchor", { properties: { a: { $ref: "#somewhere" } } }, null],
  [
    "a reference to nothing",
    { properties: { a: { $ref: "#/$defs/x" } } },
    "#/properties/a has a $ref to nothing",
  ],
  [
    "a reference with a broken escape",
    { properties: { a: { $ref: "#/%zz" } } },
    "#/properties/a has a $ref to nothing",
  ],
  [
    "a reference through a scalar",
    { title: "t", properties: { a: { $ref: "#/title/x" } } },
    "#/properties/a has a $ref to nothing",
  ],
  [
    "a reference inside an embedded resource",
    { properties: { a: { $id: "urn:x", $ref: "#/$defs/x" } } },
    null,
  ],
  [
    "a reference into the network",
    { $ref: "https://example.com/s" },
    "the schema has a $ref that leaves the schema",
  ],
  ["a numeric reference", { $ref: 1 }, "the schema has a $ref that is not a string"],
  ["an empty anyOf", { anyOf: [] }, "the schema has an anyOf that is not a list of schemas"],
  [
    "properties that are a list",
    { properties: [] },
    "the schema has properties that are not schemas by name",
  ],
  ["required that is a boolean", { required: true }, "the schema has a required that is not a list of names"],
  ["an enum that is a string", { enum: "a" }, "the schema has an enum that is not a list"],
  ["a fractional length", { minLength: 1.5 }, "the schema has a minLength that is not a whole number"],
  ["a minimum that is text", { minimum: "1" }, "the schema has a minimum that is not a number"],
  ["a multipleOf of zero", { multipleOf: 0 }, "the schema has a multipleOf that is not a positive number"],
  ["sound numbers", { minLength: 0, maximum: -1.5, multipleOf: 0.1 }, null],
  ["a sound pattern", { pattern: "^(a|[)(]\\))+$" }, null],
  ["an open group", { pattern: "(a" }, "the schema has a pattern that is no ECMAScript pattern"],
  ["a closed group too many", { pattern: "a))(" }, "the schema has a pattern that is no ECMAScript pattern"],
  ["an open class", { pattern: "[a" }, "the schema has a pattern that is no ECMAScript pattern"],
  ["a trailing escape", { pattern: "a\\" }, "the schema has a pattern that is no ECMAScript pattern"],
  ["a pattern that is a number", { pattern: 1 }, "the schema has a pattern that is no ECMAScript pattern"],
  [
    "a broken property pattern",
    { patternProperties: { "(": {} } },
    "the schema has a pattern that is no ECMAScript pattern",
  ],
])("%s", (_name, schema, fault) => {
  test(fault === null ? "has no fault" : "is named with its place", () => {
    expect(findSchemaFault(schema)).toBe(fault);
  });
});

test("a pattern that would take for ever is not run", () => {
  expect(findSchemaFault({ pattern: `${"(a+)+".repeat(1000)}$`, default: "a".repeat(10_000) })).toBeNull();
});

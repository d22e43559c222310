import { expect, test } from "vitest";
import { findParamHeaders } from "./mcp-param-header.ts";

const properties = (properties: object) => ({ type: "object", properties });
const region = { type: "string", "x-mcp-header": "Region" };

test.each<[string, unknown, readonly (readonly [string, string])[]]>([
  ["no schema", undefined, []],
  ["no declaration", properties({ a: { type: "string" } }), []],
  ["a declaration", properties({ region }), [["region", "Region"]]],
  ["a nested declaration", properties({ at: properties({ region }) }), [["at.region", "Region"]]],
  ["a property that is called x-mcp-header", properties({ "x-mcp-header": { type: "string" } }), []],
])("%s is read", (_name, schema, expected) => {
  expect(findParamHeaders(schema)).toEqual({
    kind: "valid",
    headers: expected.map(([path, header]) => ({ path: path.split("."), header })),
  });
});

test.each<[string, unknown, string]>([
  ["on the root", { ...properties({}), "x-mcp-header": "A" }, "reached through properties alone"],
  ["below items", properties({ a: { type: "array", items: region } }), "reached through properties alone"],
  ["below anyOf", { type: "object", anyOf: [properties({ region })] }, "reached through properties alone"],
  ["with a space", properties({ a: { ...region, "x-mcp-header": "a b" } }), "not a header name"],
  ["empty", properties({ a: { ...region, "x-mcp-header": "" } }), "not a header name"],
  ["not text", properties({ a: { ...region, "x-mcp-header": 1 } }), "not a header name"],
  ["on a number", properties({ a: { ...region, type: "number" } }), "string, integer or boolean"],
  [
    "twice in other case",
    properties({ a: region, b: { ...region, "x-mcp-header": "REGION" } }),
    "declared twice",
  ],
])("a declaration %s makes the tool invalid", (_name, schema, fault) => {
  expect(findParamHeaders(schema)).toEqual({ kind: "invalid", fault: expect.stringContaining(fault) });
});

import { ListToolsResultSchema as V1 } from "@modelcontextprotocol/sdk/types.js";
import { expect, test } from "vitest";
import { findInvalidTools } from "./tool-validity.ts";

const inputSchema = { type: "object" };
const both = { legacy: false, modern: false };

test.each<[string, unknown, { legacy: boolean; modern: boolean }]>([
  ["a minimal tool", { name: "t", inputSchema }, { legacy: true, modern: true }],
  [
    "everything filled in",
    {
      name: "t",
      title: "T",
      description: "d",
      inputSchema: { ...inputSchema, $schema: "x", properties: { a: {} }, required: ["a"], other: 1 },
      outputSchema: { type: "object" },
      annotations: { title: "T", readOnlyHint: true, vendor: 1 },
      execution: { taskSupport: "optional" },
      icons: [{ src: "data:,", mimeType: "image/png", sizes: ["48x48"], theme: "dark" }],
      _meta: {},
      vendor: null,
    },
    { legacy: true, modern: true },
  ],
  ["a tool that is null", null, both],
  ["a tool that is a list", [], both],
  ["no name", { inputSchema }, both],
  ["a numeric name", { name: 1, inputSchema }, both],
  ["a null description", { name: "t", inputSchema, description: null }, both],
  ["a null title", { name: "t", inputSchema, title: null }, both],
  ["no inputSchema", { name: "t" }, both],
  ["a null inputSchema", { name: "t", inputSchema: null }, both],
  ["an inputSchema without type", { name: "t", inputSchema: {} }, both],
  ["an inputSchema of type list", { name: "t", inputSchema: { type: ["object"] } }, both],
  [
    "properties that are a list",
    { name: "t", inputSchema: { type: "object", properties: [] } },
    { legacy: false, modern: true },
  ],
  [
    "a property that is a string",
    { name: "t", inputSchema: { type: "object", properties: { a: "string" } } },
    { legacy: false, modern: true },
  ],
  [
    "required that is true",
    { name: "t", inputSchema: { type: "object", required: true } },
    { legacy: false, modern: true },
  ],
  [
    "an outputSchema of type array",
    { name: "t", inputSchema, outputSchema: { type: "array" } },
    { legacy: false, modern: true },
  ],
  ["a null outputSchema", { name: "t", inputSchema, outputSchema: null }, both],
  ["a hint that is a string", { name: "t", inputSchema, annotations: { readOnlyHint: "yes" } }, both],
  ["an annotation title that is a number", { name: "t", inputSchema, annotations: { title: 1 } }, both],
  ["annotations that are null", { name: "t", inputSchema, annotations: null }, both],
  [
    "task support nobody knows",
    { name: "t", inputSchema, execution: { taskSupport: "maybe" } },
    { legacy: false, modern: true },
  ],
  ["execution that is a string", { name: "t", inputSchema, execution: "x" }, { legacy: false, modern: true }],
  [
    "execution without task support",
    { name: "t", inputSchema, execution: {} },
    { legacy: true, modern: true },
  ],
  ["icons that are an object", { name: "t", inputSchema, icons: {} }, both],
  ["an icon without src", { name: "t", inputSchema, icons: [{}] }, both],
  ["an icon with an unknown theme", { name: "t", inputSchema, icons: [{ src: "x", theme: "blue" }] }, both],
  ["a _meta that is a list", { name: "t", inputSchema, _meta: [] }, both],
])("%s is judged as official clients judge it", (_name, tool, isValid) => {
  expect(findInvalidTools([tool], "legacy").length === 0).toBe(isValid.legacy);
  expect(findInvalidTools([tool], "modern").length === 0).toBe(isValid.modern);
  expect(V1.safeParse({ tools: [tool] }).success).toBe(isValid.legacy);
});

test("the answer names the tool, its place and the first problem", () => {
  expect(findInvalidTools([{ name: "good", inputSchema }, { name: "bad" }], "legacy")).toEqual([
    { name: "bad", index: 1, problem: "has no inputSchema object" },
  ]);
});

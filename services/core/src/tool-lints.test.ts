import { expect, test } from "vitest";
import { lintToolList, TOOL_LINTS_MAX } from "./tool-lints.ts";

const inputSchema = { type: "object" };

test.each<[string, readonly unknown[], readonly string[]]>([
  ["a sound list", [{ name: "a.b-C_1", inputSchema }], []],
  [
    "a name with a space",
    [{ name: "get weather", inputSchema }],
    ['tool_name: "get weather" is not 1 to 128 of A-Z a-z 0-9 _ . -'],
  ],
  [
    "a name that is missing",
    [{ inputSchema }, 1],
    [
      'tool_name: "" is not 1 to 128 of A-Z a-z 0-9 _ . -',
      'tool_name: "" is not 1 to 128 of A-Z a-z 0-9 _ . -',
    ],
  ],
  [
    "a duplicate",
    [
      { name: "a", inputSchema },
      { name: "a", inputSchema },
    ],
    ['tool_duplicate: "a" is listed 2 times'],
  ],
  [
    "schemas that do not compile",
    [{ name: "a", inputSchema: { type: "object", required: 1 }, outputSchema: { type: "x" } }],
    [
      'tool_schema: inputSchema of "a": the schema has a required that is not a list of names',
      'tool_schema: outputSchema of "a": the schema has a type no JSON Schema knows',
    ],
  ],
  [
    "a misplaced header",
    [{ name: "a", inputSchema: { type: "object", "x-mcp-header": "A" } }],
    ['tool_header: "a": x-mcp-header of  is not on a property reached through properties alone'],
  ],
  [
    "a tool that must run as a task",
    [{ name: "a", inputSchema, execution: { taskSupport: "required" } }],
    ['tool_task_required: "a" refuses a plain call'],
  ],
])("%s is told", (_name, tools, lints) => {
  expect(lintToolList(tools)).toEqual(lints);
});

test("a hundred faults are summed up, and a hostile name is short and on one line", () => {
  const name = `\n${"x".repeat(500)}`;
  const lints = lintToolList(Array.from({ length: 100 }, (_, n) => ({ name: `${n}${name}`, inputSchema })));
  expect(lints).toHaveLength(TOOL_LINTS_MAX);
  expect(lints.at(-1)).toBe("tool_more: and 61 more of these");
  expect(lints.every((lint) => lint.length <= 200 && !lint.includes("\n"))).toBe(true);
});

test("every lint of a tool with long names and paths fits the finding", () => {
  const deep = { type: "object", properties: { ["p".repeat(300)]: { type: "x", "x-mcp-header": "\u0001" } } };
  const lints = lintToolList([{ name: "\u0001".repeat(300), inputSchema: deep, outputSchema: deep }]);
  expect(lints.length).toBeGreaterThan(2);
  expect(lints.every((lint) => lint.length <= 200)).toBe(true);
});

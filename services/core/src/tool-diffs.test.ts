import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffToolLists } from "./diff-tool-lists.ts";
import { diffTools, toolText } from "./tool-diffs.ts";

const object = (properties: object, required: string[] = []) => ({ type: "object", properties, required });
const search = {
  name: "search",
  description: "Finds documents.\nNewest first.",
  inputSchema: object({ query: { type: "string" } }, ["query"]),
};
const compare = (before: readonly unknown[], after: readonly unknown[]) =>
  diffTools(before, after, diffToolLists(before, after).changes);
const marked = (lines: readonly { kind: string; text: string }[]) =>
  lines.filter(({ kind }) => kind !== "same").map(({ kind, text }) => `${kind} ${text}`);

describe("a list compared tool by tool", () => {
  test("a changed word is one line out and one line in, beside the change that says what it means", () => {
    const after = { ...search, description: "Finds documents.\nOldest first." };
    const [tool, ...others] = compare([search], [after]).tools;
    expect(others).toEqual([]);
    expect(tool).toMatchObject({ tool: "search", kind: "changed", wasCalled: null });
    expect(marked(tool?.lines ?? [])).toEqual(["removed   Newest first.", "added   Oldest first."]);
    expect(tool?.changes.map(({ kind }) => kind)).toEqual(["description_changed"]);
  });
  test("what came and what went is shown whole, breaking first; what stayed is counted", () => {
    const [gone, come] = [
      { ...search, name: "gone" },
      { name: "come", description: "New.", inputSchema: object({ limit: { type: "integer" } }) },
    ];
    const { tools, unchanged } = compare([search, gone], [search, come]);
    expect(tools.map(({ tool, kind }) => [tool, kind])).toEqual([
      ["gone", "removed"],
      ["come", "added"],
    ]);
    expect(tools[0]?.lines.every(({ kind }) => kind === "removed")).toBe(true);
    expect(unchanged).toBe(1);
  });
  test("a renamed tool is compared with what it was called", () => {
    const renamed = { ...search, name: "find", description: "Finds documents.\nNewest first!" };
    const [tool] = compare([search], [renamed]).tools;
    expect(tool).toMatchObject({ tool: "find", wasCalled: "search", kind: "changed" });
    expect(marked(tool?.lines ?? [])).toContain("removed name: search");
  });
  test("the order of tools and fields that no agent reads are no difference", () => {
    const other = { ...search, name: "other" };
    expect(compare([search, other], [{ ...other, icons: ["x"] }, search]).tools).toEqual([]);
  });
  test("two tools of one name are told apart by their place", () => {
    const twin = { ...search, description: "Another." };
    expect(compare([search, twin], [search, { ...twin, description: "Changed." }]).tools).toHaveLength(1);
  });
  test("a list of thousands of changed tools and a definition of a million lines are cut, and what is cut is counted", () => {
    const many = (word: string) =>
      Array.from({ length: 300 }, (_, index) => ({ name: `t${index}`, description: word }));
    expect(diffTools(many("a"), many("b"), [])).toMatchObject({ toolsOmitted: 250, unchanged: 0 });
    const long = { name: "long", description: "x\n".repeat(100_000) };
    expect(diffTools([], [long], []).tools[0]?.linesOmitted).toBeGreaterThan(99_000);
  });
});

describe("a definition as text", () => {
  test("reads from the name to the schemas, words as they are", () => {
    expect(toolText({ ...search, annotations: { readOnlyHint: true }, zeta: 1 })).toEqual([
      "name: search",
      "description:",
      "  Finds documents.",
      "  Newest first.",
      "annotations: {",
      '  "readOnlyHint": true',
      "}",
      "zeta: 1",
      ...`inputSchema: ${JSON.stringify(search.inputSchema, null, 2)}`.split("\n"),
    ]);
  });
  test("whatever a stranger put into the list has lines", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (tool) => {
        expect(toolText(tool).length).toBeGreaterThan(0);
      }),
    );
  });
});

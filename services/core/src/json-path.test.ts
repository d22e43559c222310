import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJsonPath, selectValues } from "./json-path.ts";

const document = {
  status: "ok",
  "odd name": { "it's": 1, 'say "hi"': 2 },
  checks: [
    { name: "db", ms: 3 },
    { name: "queue", ms: 8 },
  ],
  größe: { _tief: [[1, 2], [3]] },
  nothing: null,
};

const select = (path: string, value: unknown = document) => {
  const parsed = parseJsonPath(path);
  expect(parsed).toMatchObject({ kind: "path" });
  return parsed.kind === "path" ? selectValues(value, parsed.segments) : [];
};

describe("a path points at", () => {
  test.each<[string, string, readonly unknown[]]>([
    ["everything", "$", [document]],
    ["a field", "$.status", ["ok"]],
    ["a field that is null", "$.nothing", [null]],
    ["a field in brackets", "$['status']", ["ok"]],
    ["a quote inside quotes", "$['odd name']['it\\'s']", [1]],
    ["double quotes", '$["odd name"]["say \\"hi\\""]', [2]],
    ["one element", "$.checks[1].name", ["queue"]],
    ["every element", "$.checks[*].ms", [3, 8]],
    ["every field", "$.checks[0].*", ["db", 3]],
    ["elements of elements", "$.größe._tief[*][*]", [1, 2, 3]],
    ["nothing, where there is no such field", "$.missing.deeper", []],
    ["nothing, beyond the last element", "$.checks[2]", []],
    ["nothing, for a name on a list", "$.checks.name", []],
    ["nothing, for an index on a text", "$.status[0]", []],
    ["nothing that the program inherits", "$.constructor", []],
    ["nothing of the prototype", "$.__proto__.toString", []],
  ])("%s: %s", (_name, path, expected) => {
    expect(select(path)).toEqual(expected);
  });
});

test.each([
  ["no root", "status"],
  ["nothing at all", ""],
  ["a search", "$..status"],
  ["a filter", "$.checks[?(@.ms > 3)]"],
  ["a slice", "$.checks[0:1]"],
  ["a union", "$.checks[0,1]"],
  ["an index from the end", "$.checks[-1]"],
  ["an index with a leading zero", "$.checks[01]"],
  ["an open bracket", "$.checks["],
  ["an open quote", "$['status]"],
  ["a step without a name", "$.status."],
  ["a space", "$. status"],
  ["more than 200 characters", `$${".a".repeat(100)}`],
  ["more than 16 steps", `$${".a".repeat(17)}`],
])("a path with %s is refused in a sentence", (_name, path) => {
  const parsed = parseJsonPath(path);
  expect(parsed.kind).toBe("invalid");
  expect(parsed.kind === "invalid" && parsed.message).toMatch(/\.$/);
});

test("wildcards in a row look at a thousand values at most", () => {
  const wide = Array.from({ length: 500 }, () => Array.from({ length: 500 }, () => [1, 2, 3]));
  expect(select("$[*][*][*]", wide)).toHaveLength(1_000);
});

test("any text is read or refused, and whatever is read points into any document without throwing", () => {
  const pathish = fc.string({
    unit: fc.constantFrom("$", ".", "a", "[", "]", "0", "*", "'", '"', "\\", "ß"),
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.oneof(pathish, fc.string()), fc.jsonValue(), (path, value) => {
      const parsed = parseJsonPath(path);
      if (parsed.kind === "path") {
        expect(selectValues(value, parsed.segments).length).toBeLessThanOrEqual(1_000);
      }
    }),
  );
});

test("every place of a document is pointed at by the path that spells it out", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue(), { maxKeys: 5 }), (held) => {
      for (const [name, value] of Object.entries(held)) {
        const quoted = name.replace(/['\\]/g, "\\$&");
        expect(select(`$['${quoted}']`, held)).toEqual([value]);
      }
    }),
  );
});

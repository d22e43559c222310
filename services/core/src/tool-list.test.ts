import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashToolList, TOOLS_MAX } from "./tool-list.ts";

const search = {
  name: "search",
  title: "Search",
  description: "Searches the index.",
  inputSchema: {
    type: "object",
    properties: {
      description: { type: "string", description: "What to look for", enum: ["a", "b"] },
      limit: { type: ["integer", "null"], default: 10 },
    },
    required: ["description", "limit"],
  },
  outputSchema: {
    type: "object",
    properties: { hits: { type: "array", items: { type: "string", title: "Hit" } } },
  },
  annotations: { readOnlyHint: true },
};
const fetchPage = { name: "fetch", inputSchema: { type: "object" } };

function hashes(tools: readonly unknown[]) {
  const hashing = hashToolList(tools);
  if (hashing.kind !== "hashed") {
    throw new Error("the list is within bounds");
  }
  return { contract: hashing.contractHash, full: hashing.fullHash };
}

const base = hashes([search, fetchPage]);
const withInput = (change: object) => [
  { ...search, inputSchema: { ...search.inputSchema, ...change } },
  fetchPage,
];

describe.each<[string, readonly unknown[], { contract: boolean; full: boolean }]>([
  ["tools in another order", [fetchPage, search], { contract: false, full: false }],
  [
    "keys in another order",
    [Object.fromEntries(Object.entries(search).reverse()), fetchPage],
    { contract: false, full: false },
  ],
  [
    "icons added",
    [{ ...search, icons: [{ src: "https://x/y.png" }] }, fetchPage],
    { contract: false, full: false },
  ],
  [
    "_meta added",
    [{ ...search, _meta: { "fastmcp.tags": ["x"] } }, fetchPage],
    { contract: false, full: false },
  ],
  [
    "execution added",
    [{ ...search, execution: { taskSupport: "optional" } }, fetchPage],
    { contract: false, full: false },
  ],
  ["description changed", [{ ...search, description: "Other." }, fetchPage], { contract: false, full: true }],
  ["title changed", [{ ...search, title: "Other" }, fetchPage], { contract: false, full: true }],
  [
    "annotation changed",
    [{ ...search, annotations: { readOnlyHint: false } }, fetchPage],
    { contract: false, full: true },
  ],
  ["unknown field added", [{ ...search, vendor: 1 }, fetchPage], { contract: false, full: true }],
  ["schema comment added", withInput({ $comment: "new" }), { contract: false, full: true }],
  [
    "required in another order",
    withInput({ required: ["limit", "description"] }),
    { contract: false, full: true },
  ],
  [
    "enum and type list in another order, default dropped",
    withInput({
      properties: {
        description: { type: "string", description: "What to look for", enum: ["b", "a"] },
        limit: { type: ["null", "integer"] },
      },
    }),
    { contract: false, full: true },
  ],
  [
    "a property called description removed",
    withInput({ properties: { limit: {} } }),
    { contract: true, full: true },
  ],
  ["required shortened", withInput({ required: ["limit"] }), { contract: true, full: true }],
  ["a tool removed", [search], { contract: true, full: true }],
  ["a tool listed twice", [search, fetchPage, fetchPage], { contract: true, full: true }],
  [
    "outputSchema removed",
    [{ ...search, outputSchema: undefined }, fetchPage],
    { contract: true, full: true },
  ],
])("%s", (_name, tools, changes) => {
  test(`the contract hash ${changes.contract ? "changes" : "stays"} and the full hash ${changes.full ? "changes" : "stays"}`, () => {
    const now = hashes(tools);
    expect({ contract: now.contract !== base.contract, full: now.full !== base.full }).toEqual(changes);
  });
});

test("order inside anyOf is part of the contract", () => {
  const tool = (branches: object[]) => [{ name: "t", inputSchema: { type: "object", anyOf: branches } }];
  const [a, b] = [{ required: ["a"] }, { required: ["b"] }];
  expect(hashes(tool([a, b])).contract).not.toBe(hashes(tool([b, a])).contract);
});

test("annotations inside nested schemas of every kind are outside the contract", () => {
  const words = { title: "t", description: "d", $comment: "c", examples: [1], default: 1, deprecated: true };
  const schema = (noise: object) => ({
    type: "object",
    properties: { a: { ...noise, type: "string" } },
    patternProperties: { "^b": { ...noise } },
    dependentSchemas: { a: { ...noise } },
    dependentRequired: { a: ["b"] },
    dependencies: { a: ["b"], c: { ...noise } },
    $defs: { d: { ...noise } },
    items: [{ ...noise }],
    additionalProperties: { ...noise },
    not: { ...noise },
    prefixItems: [{ ...noise }],
    anyOf: [{ ...noise }, true],
    unevaluatedItems: false,
  });
  const list = (noise: object) => [{ name: "t", inputSchema: schema(noise) }];
  expect(hashes(list(words)).contract).toBe(hashes(list({})).contract);
  expect(hashes(list(words)).full).not.toBe(hashes(list({})).full);
});

test("the hashes of a known list never change between releases: a change of rule needs a new algorithm prefix", () => {
  expect(base).toMatchInlineSnapshot(`
    {
      "contract": "cdc08be30863c49db8dcee9bb0996d5adb5cd6581d90d7fba8bb3a7f039d4ece",
      "full": "ab0b1738a72fa97e54e1c5ee4528a74dceb63f8cc53d108ba161d174c358949a",
    }
  `);
});

describe("lists that are no lists of tools", () => {
  test.each([[[null]], [[1, "x"]], [[{ name: 5 }]], [[{ inputSchema: [] }]], [[[]]]])(
    "%j still has a hash",
    (tools) => {
      expect(hashes(tools).full).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  test("a list over a bound says which", () => {
    const deep = JSON.parse("[".repeat(70) + "]".repeat(70));
    expect(hashToolList([deep])).toEqual({ kind: "out-of-bounds", bound: "depth" });
    expect(hashToolList([Array(200_001).fill(0)])).toEqual({ kind: "out-of-bounds", bound: "nodes" });
    expect(hashToolList(Array(TOOLS_MAX + 1).fill(0))).toEqual({ kind: "out-of-bounds", bound: "tools" });
    expect(hashToolList(Array(TOOLS_MAX).fill(0)).kind).toBe("hashed");
  });
});

test("shuffling any list and re-spacing its text never changes a hash", () => {
  const tool = fc.record({ name: fc.string({ maxLength: 5 }), inputSchema: fc.jsonValue({ maxDepth: 4 }) });
  const shuffled = fc
    .array(tool, { maxLength: 6 })
    .chain((tools) => fc.tuple(fc.constant(tools), fc.shuffledSubarray(tools, { minLength: tools.length })));
  fc.assert(
    fc.property(shuffled, ([tools, other]) => {
      expect(hashes(JSON.parse(JSON.stringify(other, null, 2)))).toEqual(
        hashes(JSON.parse(JSON.stringify(tools))),
      );
    }),
  );
});

/**
 * The two hashes of a tool list. *Contract*: names and schemas, what code depends on. *Full*: everything an agent reads.
 * Tools are hashed one by one, sorted by (name, hash) in code-unit order and kept as a multiset, so that order, page
 * boundaries, key order and whitespace can never look like drift.
 *
 * Canonicalising costs about thirty times a SHA-256 of the raw bytes. A prober that keeps the result under
 * `sha256Hex(<the bytes of all pages>)` pays for it only when the bytes changed.
 */
import { canonicalJson, exceededJsonBound, type JsonBound, sha256Hex } from "./canonical-json.ts";
import { isJsonObject } from "./json-schema-keywords.ts";
import { contractOfSchema } from "./tool-contract.ts";

export interface HashedTool {
  /** Empty when the tool has none. */
  readonly name: string;
  readonly contractHash: string;
  readonly fullHash: string;
}

export type ToolListHashing =
  | {
      readonly kind: "hashed";
      readonly contractHash: string;
      readonly fullHash: string;
      /** In the order the endpoint listed them. */
      readonly tools: readonly HashedTool[];
    }
  | { readonly kind: "out-of-bounds"; readonly bound: JsonBound | "tools" };

/** Most tools of one list, all pages together. */
export const TOOLS_MAX = 5_000;

/** Outside both hashes: icons and `_meta` are vendor noise, `execution` vanishes when a server speaks the modern era. */
const UNHASHED_FIELDS: ReadonlySet<string> = new Set(["icons", "_meta", "execution"]);

/** Versions of the two algorithms, inside the hashed text: a change of rule can never be taken for a change of tools. */
const CONTRACT_ALGORITHM = "c1:";
const FULL_ALGORITHM = "d1:";

/** Hashes the raw parsed `tools` array, all pages joined. Total: anything a stranger put in the array has a hash. */
export function hashToolList(tools: readonly unknown[]): ToolListHashing {
  const bound = tools.length > TOOLS_MAX ? "tools" : exceededJsonBound(tools);
  if (bound !== null) {
    return { kind: "out-of-bounds", bound };
  }
  const hashed = tools.map(hashTool);
  return {
    kind: "hashed",
    contractHash: rootHash(CONTRACT_ALGORITHM, hashed, "contractHash"),
    fullHash: rootHash(FULL_ALGORITHM, hashed, "fullHash"),
    tools: hashed,
  };
}

/** The name a tool is known by; empty when it has none. */
export function toolName(tool: unknown): string {
  return isJsonObject(tool) && typeof tool.name === "string" ? tool.name : "";
}

/** What the full hash covers of a tool: the definition as listed, without the fields no agent acts on. */
export function toolDefinition(tool: unknown): unknown {
  if (!isJsonObject(tool)) {
    return tool;
  }
  const definition: Record<string, unknown> = Object.create(null);
  for (const [field, value] of Object.entries(tool)) {
    if (!UNHASHED_FIELDS.has(field)) {
      definition[field] = value;
    }
  }
  return definition;
}

function hashTool(tool: unknown): HashedTool {
  return {
    name: toolName(tool),
    contractHash: sha256Hex(CONTRACT_ALGORITHM + canonicalJson(toolContract(tool))),
    fullHash: sha256Hex(FULL_ALGORITHM + canonicalJson(toolDefinition(tool))),
  };
}

function toolContract(tool: unknown): unknown {
  if (!isJsonObject(tool)) {
    return tool;
  }
  const { name, inputSchema, outputSchema } = tool;
  return {
    name,
    inputSchema: contractOfSchema(inputSchema),
    outputSchema: contractOfSchema(outputSchema),
  };
}

function rootHash(
  algorithm: string,
  tools: readonly HashedTool[],
  which: "contractHash" | "fullHash",
): string {
  const pairs = tools.map((tool) => [tool.name, tool[which]] as const);
  pairs.sort(([nameA, hashA], [nameB, hashB]) => compare(nameA, nameB) || compare(hashA, hashB));
  return sha256Hex(algorithm + canonicalJson(pairs));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

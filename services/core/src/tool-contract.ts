/**
 * The contract of a tool: what a caller's code depends on. Names and schemas, without the words around them, with
 * set-like arrays sorted. Two tools with one contract accept and return exactly the same values.
 */
import { canonicalJson } from "./canonical-json.ts";
import { isJsonObject, type JsonObject, subschemaShape } from "./json-schema-keywords.ts";

/** Annotation keywords: they say something to a reader and nothing to a validator (JSON Schema validation, section 9). */
export const SCHEMA_ANNOTATIONS: ReadonlySet<string> = new Set([
  "title",
  "description",
  "$comment",
  "examples",
  "default",
  "deprecated",
]);

/** Keywords whose array value is a set: order means nothing. */
const SET_KEYWORDS: ReadonlySet<string> = new Set(["required", "enum", "type"]);

/** The schema without annotations and with sets sorted. Order of `anyOf`, `oneOf`, `allOf` and `prefixItems` is kept. */
export function contractOfSchema(schema: unknown): unknown {
  if (!isJsonObject(schema)) {
    return schema;
  }
  const contract: Record<string, unknown> = Object.create(null);
  for (const [keyword, value] of Object.entries(schema)) {
    if (!SCHEMA_ANNOTATIONS.has(keyword)) {
      contract[keyword] = contractOfKeyword(keyword, value);
    }
  }
  return contract;
}

function contractOfKeyword(keyword: string, value: unknown): unknown {
  if (SET_KEYWORDS.has(keyword) && Array.isArray(value)) {
    return sortedSet(value);
  }
  if (keyword === "dependentRequired" && isJsonObject(value)) {
    return mapValues(value, (names) => (Array.isArray(names) ? sortedSet(names) : names));
  }
  switch (subschemaShape(keyword, value)) {
    case "schema":
      return contractOfSchema(value);
    case "list":
      return (value as readonly unknown[]).map(contractOfSchema);
    case "map":
      return mapValues(value as JsonObject, (held) =>
        keyword === "dependencies" && Array.isArray(held) ? sortedSet(held) : contractOfSchema(held),
      );
    case null:
      return value;
  }
}

function mapValues(object: JsonObject, map: (value: unknown) => unknown): JsonObject {
  const mapped: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(object)) {
    mapped[key] = map(value);
  }
  return mapped;
}

function sortedSet(values: readonly unknown[]): readonly unknown[] {
  return values
    .map((value) => ({ value, text: canonicalJson(value) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ value }) => value);
}

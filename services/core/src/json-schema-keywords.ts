/**
 * Where schemas sit inside a JSON Schema (2020-12, with the draft-07 spellings still in use), so that a property that
 * happens to be called `description` is never mistaken for the keyword. Everything that walks schemas of strangers walks
 * with this table: https://json-schema.org/draft/2020-12/json-schema-core#section-10
 */

export type JsonObject = Readonly<Record<string, unknown>>;

type SubschemaShape = "schema" | "list" | "map";

/** Keywords that hold schemas. `items` and `dependencies` may also hold other shapes in older drafts; readers check. */
const SUBSCHEMA_KEYWORDS: Readonly<Record<string, SubschemaShape>> = {
  properties: "map",
  patternProperties: "map",
  dependentSchemas: "map",
  $defs: "map",
  definitions: "map",
  dependencies: "map",
  items: "schema",
  additionalItems: "schema",
  unevaluatedItems: "schema",
  contains: "schema",
  additionalProperties: "schema",
  unevaluatedProperties: "schema",
  propertyNames: "schema",
  not: "schema",
  if: "schema",
  // biome-ignore lint/suspicious/noThenProperty: `then` is the JSON Schema keyword.
  then: "schema",
  else: "schema",
  contentSchema: "schema",
  anyOf: "list",
  oneOf: "list",
  allOf: "list",
  prefixItems: "list",
};

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How the value of `keyword` holds schemas, or null when it holds none. An array under a `schema` keyword is a list (draft-07 `items`). */
export function subschemaShape(keyword: string, value: unknown): SubschemaShape | null {
  if (!Object.hasOwn(SUBSCHEMA_KEYWORDS, keyword)) {
    return null;
  }
  if (Array.isArray(value)) {
    return SUBSCHEMA_KEYWORDS[keyword] === "map" ? null : "list";
  }
  if (!isJsonObject(value)) {
    return typeof value === "boolean" && SUBSCHEMA_KEYWORDS[keyword] === "schema" ? "schema" : null;
  }
  return SUBSCHEMA_KEYWORDS[keyword] === "list" ? null : (SUBSCHEMA_KEYWORDS[keyword] as SubschemaShape);
}

/** Each schema directly inside one, with the JSON-Pointer-like steps that lead to it. */
export function* subschemas(schema: JsonObject): Generator<{ path: readonly string[]; schema: unknown }> {
  for (const [keyword, value] of Object.entries(schema)) {
    const shape = subschemaShape(keyword, value);
    if (shape === "schema") {
      yield { path: [keyword], schema: value };
    } else if (shape !== null) {
      for (const [key, schema] of Object.entries(value as object)) {
        yield { path: [keyword, key], schema };
      }
    }
  }
}

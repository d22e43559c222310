/** Keywords of arrays: the places with a schema of their own, the rest of the elements, and what must be among them. */
import { compareRest } from "./compare-object-keywords.ts";
import { isJsonEqual } from "./json-equal.ts";
import type { JsonObject } from "./json-schema-keywords.ts";
import type { Comparison, SchemaPair } from "./schema-comparison.ts";

export function compareArrays(comparison: Comparison, pair: SchemaPair): readonly string[] {
  const before = with2020Items(pair.before);
  const after = with2020Items(pair.after);
  const modern = { before, after, path: pair.path };
  comparePlaces(comparison, modern);
  for (const keyword of ["items", "unevaluatedItems", "contains"]) {
    compareRest(comparison, modern, keyword, ["bound_narrowed", "bound_widened"]);
  }
  return ["items", "prefixItems", "additionalItems", "unevaluatedItems", "contains"];
}

/** Draft-07 wrote `items: [a, b]` with `additionalItems` for what 2020-12 calls `prefixItems` and `items`. */
function with2020Items(schema: JsonObject): JsonObject {
  if (!Array.isArray(schema.items)) {
    return schema;
  }
  const { items, additionalItems, ...rest } = schema;
  return {
    ...rest,
    prefixItems: items,
    ...(additionalItems === undefined ? {} : { items: additionalItems }),
  };
}

function comparePlaces(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const [was, is] = [before.prefixItems, after.prefixItems];
  if (!Array.isArray(was) || !Array.isArray(is) || was.length !== is.length) {
    if (!isJsonEqual(was, is)) {
      comparison.add("undecided", [...path, "prefixItems"], was, is);
    }
    return;
  }
  for (const [index, schema] of was.entries()) {
    comparison.compare(schema, is[index], [...path, "prefixItems", String(index)]);
  }
}

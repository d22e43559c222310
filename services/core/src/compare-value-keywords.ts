/** `type`, `enum` and `const`: which kinds of values, and which values. */
import { canonicalJson } from "./canonical-json.ts";
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";
import type { Comparison, SchemaPair } from "./schema-comparison.ts";

const ALL_TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"];

export function compareValueSets(comparison: Comparison, pair: SchemaPair): readonly string[] {
  compareTypes(comparison, pair);
  compareEnums(comparison, pair);
  return ["type", "enum", "const"];
}

function compareTypes(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const was = acceptedTypes(before);
  const is = acceptedTypes(after);
  const hasLost = [...was].some((type) => !is.has(type));
  const hasGained = [...is].some((type) => !was.has(type));
  if (hasLost || hasGained) {
    const aspect = !hasGained ? "type_narrowed" : hasLost ? "type_replaced" : "type_widened";
    comparison.add(aspect, path, typeWords(before, was), typeWords(after, is));
  }
}

function compareEnums(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const was = listedValues(before);
  const is = listedValues(after);
  const place = [...path, "enum"];
  const removed = [...(was?.keys() ?? [])].filter((text) => is !== null && !is.has(text));
  const added = [...(is?.keys() ?? [])].filter((text) => was !== null && !was.has(text));
  if (removed.length > 0) {
    comparison.add("enum_narrowed", place, removed.join(", "));
  }
  if (added.length > 0) {
    comparison.add("enum_widened", place, undefined, added.join(", "));
  }
  if ((was === null) !== (is === null)) {
    comparison.add(
      was === null ? "enum_narrowed" : "enum_widened",
      place,
      was === null ? undefined : [...was].join(", "),
      is === null ? undefined : [...is].join(", "),
    );
  }
}

/** Types that pass, `number` holding `integer`. Where only values are listed, their types. */
export function acceptedTypes(schema: JsonObject): ReadonlySet<unknown> {
  const { type } = schema;
  const listed = listedValues(schema);
  const types: readonly unknown[] =
    type !== undefined
      ? [type].flat().filter((held) => typeof held === "string")
      : listed !== null
        ? [...listed].map((text) => jsonType(JSON.parse(text)))
        : ALL_TYPES;
  return new Set(types.includes("number") ? [...types, "integer"] : types);
}

function typeWords(schema: JsonObject, accepted: ReadonlySet<unknown>): unknown {
  return schema.type ?? (accepted.size === ALL_TYPES.length ? "anything" : [...accepted].join(", "));
}

function jsonType(value: unknown): string {
  if (value === null || Array.isArray(value)) {
    return value === null ? "null" : "array";
  }
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

/** Canonical texts of the listed values, or null when every value of the type passes. */
function listedValues(schema: JsonObject): ReadonlySet<string> | null {
  if (Object.hasOwn(schema, "const")) {
    return new Set([canonicalJson(schema.const)]);
  }
  return Array.isArray(schema.enum) ? new Set(schema.enum.map(canonicalJson)) : null;
}

/** Two branches of a union with one key are versions of each other: same type, and same value of the property that tells them apart. */
export function branchKey(schema: unknown): string {
  if (!isJsonObject(schema)) {
    return String(schema);
  }
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  const tags = properties.flatMap(([name, held]) =>
    isJsonObject(held) && Object.hasOwn(held, "const") ? [[name, held.const]] : [],
  );
  return canonicalJson([schema.type ?? null, schema.$ref ?? null, tags]);
}

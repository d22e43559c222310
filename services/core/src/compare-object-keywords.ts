/** Keywords of objects: which names may appear, must appear, and what may stand under them. */
import { isJsonEqual } from "./json-equal.ts";
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";
import {
  type Comparison,
  isAnything,
  isNothing,
  type SchemaAspect,
  type SchemaPair,
} from "./schema-comparison.ts";

export function compareObjects(comparison: Comparison, pair: SchemaPair): readonly string[] {
  compareProperties(comparison, pair);
  compareRequired(comparison, pair);
  for (const keyword of ["additionalProperties", "unevaluatedProperties"]) {
    compareRest(comparison, pair, keyword, ["extras_closed", "extras_opened"]);
  }
  compareRest(comparison, pair, "propertyNames", ["bound_narrowed", "bound_widened"]);
  comparePatternProperties(comparison, pair);
  compareDependentRequired(comparison, pair);
  return [
    "properties",
    "required",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "patternProperties",
    "dependentRequired",
  ];
}

function compareProperties(comparison: Comparison, pair: SchemaPair): void {
  const { before, after, path } = pair;
  const was = objectOr(before.properties);
  const is = objectOr(after.properties);
  for (const [name, schema] of Object.entries(was)) {
    if (Object.hasOwn(is, name)) {
      comparison.compare(schema, is[name], [...path, "properties", name]);
    } else {
      comparison.add(removalOf(after), [...path, "properties", name], schema);
    }
  }
  const demanded = newlyRequired(before, after);
  for (const [name, schema] of Object.entries(is)) {
    if (!Object.hasOwn(was, name)) {
      const aspect = demanded.has(name) ? "property_added_required" : optionalAdditionTo(before);
      comparison.add(aspect, [...path, "properties", name], undefined, schema);
    }
  }
}

function removalOf(after: JsonObject): SchemaAspect {
  const isClosed = isNothing(after.additionalProperties) || isNothing(after.unevaluatedProperties);
  return isClosed ? "property_removed_closed" : "property_removed";
}

function optionalAdditionTo(before: JsonObject): SchemaAspect {
  const { additionalProperties } = before;
  const isChecked = isJsonObject(additionalProperties) && !isAnything(additionalProperties);
  return isChecked ? "property_added_optional_checked" : "property_added_optional";
}

/** Names whose presence became or ceased to be a duty, unless the property itself came or went and told it already. */
function compareRequired(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const was = objectOr(before.properties);
  const is = objectOr(after.properties);
  for (const name of newlyRequired(before, after)) {
    if (Object.hasOwn(was, name) || !Object.hasOwn(is, name)) {
      comparison.add("required_added", [...path, "properties", name], "optional", "required");
    }
  }
  for (const name of newlyRequired(after, before)) {
    if (Object.hasOwn(is, name) || !Object.hasOwn(was, name)) {
      comparison.add("required_dropped", [...path, "properties", name], "required", "optional");
    }
  }
}

function newlyRequired(before: JsonObject, after: JsonObject): ReadonlySet<string> {
  const had = new Set(namesOf(before.required));
  return new Set(namesOf(after.required).filter((name) => !had.has(name)));
}

/** A keyword whose absence means that everything passes. */
export function compareRest(
  comparison: Comparison,
  { before, after, path }: SchemaPair,
  keyword: string,
  [narrowed, widened]: readonly ["extras_closed" | "bound_narrowed", "extras_opened" | "bound_widened"],
): void {
  const was = before[keyword] ?? true;
  const is = after[keyword] ?? true;
  const place = [...path, keyword];
  if (isAnything(was) && isAnything(is)) {
    return;
  }
  if (isAnything(was) || isNothing(is)) {
    if (!isNothing(was)) {
      comparison.add(narrowed, place, was, is);
    }
  } else if (isAnything(is) || isNothing(was)) {
    comparison.add(widened, place, was, is);
  } else {
    comparison.compare(was, is, place);
  }
}

/** A pattern that comes or goes may take values away or give some: that depends on the other keywords. */
function comparePatternProperties(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const was = objectOr(before.patternProperties);
  const is = objectOr(after.patternProperties);
  for (const pattern of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const place = [...path, "patternProperties", pattern];
    if (Object.hasOwn(was, pattern) && Object.hasOwn(is, pattern)) {
      comparison.compare(was[pattern], is[pattern], place);
    } else {
      comparison.add("undecided", place, was[pattern], is[pattern]);
    }
  }
}

function compareDependentRequired(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const was = objectOr(before.dependentRequired);
  const is = objectOr(after.dependentRequired);
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [had, has] = [namesOf(was[name]), namesOf(is[name])];
    const place = [...path, "dependentRequired", name];
    if (isJsonEqual(had, has)) {
      continue;
    }
    comparison.add(
      has.every((demanded) => had.includes(demanded)) ? "bound_widened" : "bound_narrowed",
      place,
      was[name],
      is[name],
    );
  }
}

function objectOr(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function namesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

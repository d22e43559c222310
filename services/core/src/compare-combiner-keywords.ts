/** `anyOf`, `oneOf`, `allOf`: branches matched by what they are, not by where they stand. */
import { acceptedTypes, branchKey } from "./compare-value-keywords.ts";
import { isJsonEqual } from "./json-equal.ts";
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";
import { type Comparison, isAnything, type SchemaAspect, type SchemaPair } from "./schema-comparison.ts";

/** More branches than this are not matched pair by pair; every added or removed one is then told as such. */
const BRANCHES_PAIRED_MAX = 64;

export function compareCombiners(comparison: Comparison, pair: SchemaPair): readonly string[] {
  for (const keyword of ["anyOf", "oneOf"] as const) {
    const was = branchesOf(pair.before[keyword]);
    const is = branchesOf(pair.after[keyword]);
    if (was !== null && is !== null) {
      const isExclusive = keyword === "oneOf";
      compareBranches(comparison, { was, is, path: [...pair.path, keyword], isExclusive, isNewType: false });
    } else if (was !== null || is !== null) {
      const aspect = was === null ? "bound_narrowed" : "bound_widened";
      comparison.add(aspect, [...pair.path, keyword], pair.before[keyword], pair.after[keyword]);
    }
  }
  compareAllOf(comparison, pair);
  return ["anyOf", "oneOf", "allOf"];
}

/** A schema that is nothing but a choice, as generators write optional and mixed types. */
export function isUnion(schema: unknown): boolean {
  return unionKeyword(schema) !== null;
}

/**
 * At least one side is a mere choice. A plain schema counts as a choice of one, a list of types as a choice of each, so
 * that `string` against `anyOf: [string, null]` is seen as the widening that it is.
 */
export function compareUnions(comparison: Comparison, { before, after, path }: SchemaPair): void {
  compareBranches(comparison, {
    was: choices(before),
    is: choices(after),
    path,
    isExclusive: [unionKeyword(before), unionKeyword(after)].includes("oneOf"),
    isNewType: !(isUnion(before) && isUnion(after)),
  });
}

interface Branches {
  readonly was: readonly unknown[];
  readonly is: readonly unknown[];
  readonly path: readonly string[];
  readonly isExclusive: boolean;
  /** Whether a branch of a type not seen before is told as a change of type. */
  readonly isNewType: boolean;
}

function compareBranches(comparison: Comparison, branches: Branches): void {
  const { path, isExclusive, isNewType } = branches;
  const { gone, come } = pairOff(comparison, branches);
  for (const schema of gone) {
    const isType = isNewType && isTypeNew(schema, branches.is);
    comparison.add(isType ? "type_narrowed" : "branch_removed", path, schema);
  }
  const added: SchemaAspect = isExclusive ? "exclusive_branch_added" : "branch_added";
  for (const schema of come) {
    const isType = isNewType && isTypeNew(schema, branches.was);
    comparison.add(isType ? "type_widened" : added, path, undefined, schema);
  }
}

/** Matches equal branches (what they refer to may differ), compares those that are versions of each other, and answers with the rest. */
function pairOff(comparison: Comparison, { was, is, path }: Branches) {
  const come = [...is];
  const changed = was.filter((schema) => {
    const same = takeOut(come, (other) => isJsonEqual(schema, other));
    if (same !== null) {
      comparison.compare(schema, same.taken, path);
    }
    return same === null;
  });
  if (changed.length > BRANCHES_PAIRED_MAX || come.length > BRANCHES_PAIRED_MAX) {
    return { gone: changed, come };
  }
  const gone: unknown[] = [];
  for (const schema of changed) {
    const isOnlyPair = changed.length === 1 && come.length === 1;
    const version = takeOut(come, (other) => isOnlyPair || branchKey(other) === branchKey(schema));
    if (version === null) {
      gone.push(schema);
    } else {
      comparison.compare(schema, version.taken, path);
    }
  }
  return { gone, come };
}

function takeOut(list: unknown[], isWanted: (value: unknown) => boolean): { taken: unknown } | null {
  const index = list.findIndex(isWanted);
  return index < 0 ? null : { taken: list.splice(index, 1)[0] };
}

function compareAllOf(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const place = [...path, "allOf"];
  const { gone, come } = pairOff(comparison, {
    was: branchesOf(before.allOf) ?? [],
    is: branchesOf(after.allOf) ?? [],
    path: place,
    isExclusive: false,
    isNewType: false,
  });
  for (const schema of gone) {
    comparison.add("bound_widened", place, schema);
  }
  for (const schema of come) {
    comparison.add("bound_narrowed", place, undefined, schema);
  }
}

function branchesOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

function unionKeyword(schema: unknown): "anyOf" | "oneOf" | null {
  if (!isJsonObject(schema) || Object.keys(schema).length !== 1) {
    return null;
  }
  return Array.isArray(schema.anyOf) ? "anyOf" : Array.isArray(schema.oneOf) ? "oneOf" : null;
}

function choices(schema: JsonObject): readonly unknown[] {
  const keyword = unionKeyword(schema);
  if (keyword !== null) {
    return schema[keyword] as readonly unknown[];
  }
  return Array.isArray(schema.type) ? schema.type.map((type) => ({ ...schema, type })) : [schema];
}

/** No branch of the other side takes any value of this branch's types. */
function isTypeNew(schema: unknown, others: readonly unknown[]): boolean {
  if (!isJsonObject(schema) || isAnything(schema)) {
    return false;
  }
  const types = acceptedTypes(schema);
  return others.every(
    (other) => isJsonObject(other) && [...acceptedTypes(other)].every((type) => !types.has(type)),
  );
}

/** Numbers, lengths and flags: keywords that only ever take values away. */
import { isJsonEqual } from "./json-equal.ts";
import type { JsonObject } from "./json-schema-keywords.ts";
import type { Comparison, SchemaPair } from "./schema-comparison.ts";

/** Each lower bound, with the value it has when absent. */
const LOWER_BOUNDS = { minLength: 0, minItems: 0, minProperties: 0, minContains: 1 } as const;
const UPPER_BOUNDS = ["maxLength", "maxItems", "maxProperties", "maxContains"] as const;

export function compareBounds(comparison: Comparison, pair: SchemaPair): readonly string[] {
  const { before, after, path } = pair;
  for (const [keyword, whenAbsent] of Object.entries(LOWER_BOUNDS)) {
    const change = numberOr(before[keyword], whenAbsent) - numberOr(after[keyword], whenAbsent);
    tell(comparison, change, [...path, keyword], before[keyword], after[keyword]);
  }
  for (const keyword of UPPER_BOUNDS) {
    const was = numberOr(before[keyword], Number.POSITIVE_INFINITY);
    const is = numberOr(after[keyword], Number.POSITIVE_INFINITY);
    tell(comparison, was === is ? 0 : is - was, [...path, keyword], before[keyword], after[keyword]);
  }
  compareRange(comparison, pair, "minimum", "exclusiveMinimum", 1);
  compareRange(comparison, pair, "maximum", "exclusiveMaximum", -1);
  compareMultiples(comparison, pair);
  comparePatterns(comparison, pair);
  const isUnique = [before.uniqueItems === true, after.uniqueItems === true];
  tell(comparison, Number(isUnique[0]) - Number(isUnique[1]), [...path, "uniqueItems"], ...isUnique);
  return [
    ...Object.keys(LOWER_BOUNDS),
    ...UPPER_BOUNDS,
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "pattern",
    "uniqueItems",
  ];
}

/** Positive: more values pass than before. */
function tell(
  comparison: Comparison,
  change: number,
  path: readonly string[],
  before?: unknown,
  after?: unknown,
): void {
  if (change !== 0) {
    comparison.add(change > 0 ? "bound_widened" : "bound_narrowed", path, before, after);
  }
}

function numberOr(value: unknown, whenAbsent: number): number {
  return typeof value === "number" ? value : whenAbsent;
}

/** `minimum` and `exclusiveMinimum` are one bound: the stricter counts. `sign` is 1 for the lower end, -1 for the upper. */
function compareRange(
  comparison: Comparison,
  { before, after, path }: SchemaPair,
  inclusive: string,
  exclusive: string,
  sign: 1 | -1,
): void {
  const was = rangeEnd(before, inclusive, exclusive, sign);
  const is = rangeEnd(after, inclusive, exclusive, sign);
  const change =
    was.value === is.value ? Number(was.isExclusive) - Number(is.isExclusive) : was.value - is.value;
  tell(comparison, change, [...path, inclusive], was.word, is.word);
}

function rangeEnd(schema: JsonObject, inclusive: string, exclusive: string, sign: 1 | -1) {
  const closed = numberOr(schema[inclusive], sign * Number.NEGATIVE_INFINITY) * sign;
  const draft4 = schema[exclusive] === true;
  const open = numberOr(schema[exclusive], sign * Number.NEGATIVE_INFINITY) * sign;
  const isExclusive = draft4 || (open >= closed && open !== Number.NEGATIVE_INFINITY);
  return {
    value: Math.max(closed, open),
    isExclusive,
    word: isExclusive && !draft4 ? schema[exclusive] : schema[inclusive],
  };
}

function compareMultiples(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const [was, is] = [before.multipleOf, after.multipleOf];
  if (isJsonEqual(was, is)) {
    return;
  }
  const place = [...path, "multipleOf"];
  if (is === undefined || isMultiple(was, is)) {
    comparison.add("bound_widened", place, was, is);
  } else {
    comparison.add("bound_narrowed", place, was, is);
  }
}

/** Whether every multiple of `of` is a multiple of `step`. */
function isMultiple(of: unknown, step: unknown): boolean {
  return typeof of === "number" && typeof step === "number" && step > 0 && Number.isInteger(of / step);
}

/** Whether one pattern accepts more than another is not decided here: patterns of strangers are never run. */
function comparePatterns(comparison: Comparison, { before, after, path }: SchemaPair): void {
  const [was, is] = [before.pattern, after.pattern];
  if (was === is) {
    return;
  }
  const aspect = was === undefined ? "bound_narrowed" : is === undefined ? "bound_widened" : "undecided";
  comparison.add(aspect, [...path, "pattern"], was, is);
}

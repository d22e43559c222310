/**
 * How the set of values that a JSON Schema accepts changed between two versions of it, place by place.
 *
 * Deciding inclusion in general is expensive, so each keyword is judged alone and what cannot be judged is said to be
 * `undecided`. Direction-free: what a finding means for arguments and for results is `drift-of-schema.ts`'s table.
 * Both schemas come from `contractOfSchema`, within the JSON bounds. Only references inside the schema are followed.
 */
import { compareArrays } from "./compare-array-keywords.ts";
import { compareBounds } from "./compare-bound-keywords.ts";
import { compareCombiners, compareUnions, isUnion } from "./compare-combiner-keywords.ts";
import { compareObjects } from "./compare-object-keywords.ts";
import { compareValueSets } from "./compare-value-keywords.ts";
import { isJsonEqual } from "./json-equal.ts";
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";
import { hasRefs, withRefResolved } from "./local-schema-ref.ts";
import {
  type Comparison,
  isAnything,
  isNothing,
  type SchemaFinding,
  type SchemaPair,
} from "./schema-comparison.ts";

/** Places compared of one schema; beyond it a person has to look. Long schemas of real tools have a few hundred. */
export const SCHEMA_PLACES_MAX = 2_000;
/** Longest chain of places, references included; keeps the recursion off the end of the stack. */
const SCHEMA_CHAIN_MAX = 200;

/** How many places may still be compared, shared by the schemas of one list: references of strangers multiply places without end. */
export interface PlaceBudget {
  placesLeft: number;
}

type KeywordComparer = (comparison: Comparison, pair: SchemaPair) => readonly string[];

/** Each judges some keywords and answers with their names. */
const KEYWORD_COMPARERS: readonly KeywordComparer[] = [
  compareValueSets,
  compareBounds,
  compareObjects,
  compareArrays,
  compareCombiners,
];

/** Keywords without a say in which values pass. `$defs` are compared where something refers to them. */
const SILENT_KEYWORDS: readonly string[] = ["$defs", "definitions", "$ref"];

/** Findings for every place where the two differ in what they accept; empty when none was seen. Spends `budget`. */
export function compareSchemas(
  before: unknown,
  after: unknown,
  budget: PlaceBudget,
): readonly SchemaFinding[] {
  const findings: SchemaFinding[] = [];
  const canSkipEqual = !hasRefs(before) && !hasRefs(after);
  const seenRefs = new Set<string>();
  const placesMin = Math.max(0, budget.placesLeft - SCHEMA_PLACES_MAX);
  let chain = 0;
  let hasGivenUp = false;

  const comparison: Comparison = {
    add: (aspect, path, was, is) => findings.push({ aspect, path, before: was, after: is }),
    compare(was, is, path) {
      if (canSkipEqual && isJsonEqual(was, is)) {
        return;
      }
      if (budget.placesLeft <= placesMin || chain >= SCHEMA_CHAIN_MAX) {
        if (!hasGivenUp) {
          findings.push({ aspect: "undecided", path });
        }
        hasGivenUp = true;
        return;
      }
      budget.placesLeft -= 1;
      chain += 1;
      comparePlace(comparison, { was, is, path, roots: { before, after }, seenRefs });
      chain -= 1;
    },
  };
  comparison.compare(before, after, []);
  return findings;
}

interface Step {
  readonly was: unknown;
  readonly is: unknown;
  readonly path: readonly string[];
  readonly roots: { readonly before: unknown; readonly after: unknown };
  readonly seenRefs: Set<string>;
}

function comparePlace(comparison: Comparison, { was, is, path, roots, seenRefs }: Step): void {
  if (refOf(was) !== null && refOf(is) !== null) {
    const refs = JSON.stringify([was, is]);
    if (seenRefs.has(refs)) {
      return;
    }
    seenRefs.add(refs);
  }
  const before = withRefResolved(was, roots.before);
  const after = withRefResolved(is, roots.after);
  if (!isSchema(before) || !isSchema(after)) {
    if (!isJsonEqual(was, is)) {
      comparison.add("undecided", path, was, is);
    }
    return;
  }
  if (isAnything(before) || isAnything(after) || isNothing(before) || isNothing(after)) {
    compareExtremes(comparison, before, after, path);
  } else if (isUnion(before) || isUnion(after)) {
    compareUnions(comparison, { before: keywordsOf(before), after: keywordsOf(after), path });
  } else {
    compareKeywords(comparison, { before: keywordsOf(before), after: keywordsOf(after), path });
  }
}

/** One side accepts everything or nothing. */
function compareExtremes(
  comparison: Comparison,
  before: unknown,
  after: unknown,
  path: readonly string[],
): void {
  if (isAnything(before) === isAnything(after) && isNothing(before) === isNothing(after)) {
    return;
  }
  comparison.add(
    isAnything(after) || isNothing(before) ? "type_widened" : "type_narrowed",
    path,
    before,
    after,
  );
}

function compareKeywords(comparison: Comparison, pair: SchemaPair): void {
  const judged = new Set(SILENT_KEYWORDS);
  for (const compareSome of KEYWORD_COMPARERS) {
    for (const keyword of compareSome(comparison, pair)) {
      judged.add(keyword);
    }
  }
  const { before, after, path } = pair;
  for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!judged.has(keyword) && !isJsonEqual(before[keyword], after[keyword])) {
      comparison.add(
        keyword === "x-mcp-header" ? "header_changed" : "undecided",
        [...path, keyword],
        before[keyword],
        after[keyword],
      );
    }
  }
}

function isSchema(value: unknown): value is JsonObject | boolean {
  return typeof value === "boolean" || isJsonObject(value);
}

function keywordsOf(schema: JsonObject | boolean): JsonObject {
  return typeof schema === "boolean" ? {} : schema;
}

function refOf(schema: unknown): string | null {
  return isJsonObject(schema) && typeof schema.$ref === "string" ? schema.$ref : null;
}

/**
 * The typed difference between two tool lists of one endpoint, for owners, alerts and the CI gate. Both lists come from
 * the same era with the same credential: servers may honestly list other tools to others.
 */
import type { PlaceBudget } from "./compare-schemas.ts";
import { DRIFT_CLASSES, type DriftChange, type DriftClass, driftChange } from "./drift-change.ts";
import { driftOfSchema } from "./drift-of-schema.ts";
import { driftOfWords } from "./drift-of-words.ts";
import { findInstructionMark } from "./hidden-instruction.ts";
import { invariant } from "./invariant.ts";
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";
import { type HashedTool, hashToolList, toolDefinition } from "./tool-list.ts";

/** Most changes kept of one drift, the weightiest first; how many more there were is said. */
export const DRIFT_CHANGES_MAX = 200;

/** Places compared over all schemas of a list: about half a second of work at the worst. */
const LIST_PLACES_MAX = 20_000;

export interface ToolListDiff {
  /** Breaking ones first, then those to review; empty exactly when the full hashes are equal. */
  readonly changes: readonly DriftChange[];
  readonly omittedCount: number;
  /** The weightiest class among all changes, kept or not; null when nothing changed. */
  readonly class: DriftClass | null;
  readonly isBreaking: boolean;
}

interface ListedTool extends HashedTool {
  readonly definition: unknown;
}

interface Pair {
  readonly before: ListedTool;
  readonly after: ListedTool;
}

/**
 * Compares two raw parsed `tools` arrays, each within the bounds of `hashToolList`.
 *
 * The diff is empty exactly when the full hashes are equal, and holds nothing breaking when the contract hashes are.
 */
export function diffToolLists(before: readonly unknown[], after: readonly unknown[]): ToolListDiff {
  const same = pairOff(listed(before), listed(after), (tool) => `${tool.fullHash} ${tool.name}`);
  const versions = pairOff(same.gone, same.come, (tool) => `${tool.contractHash} ${tool.name}`);
  const named = pairOff(versions.gone, versions.come, comparableName);
  const renamed = pairOff(named.gone, named.come, renameKey);
  const stays = new Set([...same.pairs, ...versions.pairs, ...named.pairs].map((pair) => pair.after.name));
  const budget = { placesLeft: LIST_PLACES_MAX };
  return ordered([
    ...renamed.gone.map((tool) => toolCameOrWent("tool_removed", tool, stays)),
    ...renamed.come.map((tool) => toolCameOrWent("tool_added", tool, stays)),
    ...renamed.pairs.flatMap(driftOfRename),
    ...[...versions.pairs, ...named.pairs].flatMap((pair) => driftOfTool(pair, budget)),
  ]);
}

function listed(tools: readonly unknown[]): readonly ListedTool[] {
  const hashing = hashToolList(tools);
  invariant(hashing.kind === "hashed", "only tool lists within the bounds are compared");
  return hashing.tools.map((tool, index) => ({ ...tool, definition: toolDefinition(tools[index]) }));
}

/** Matches each tool with the first unmatched one of the same key; a null key matches nothing. */
function pairOff(
  before: readonly ListedTool[],
  after: readonly ListedTool[],
  keyOf: (tool: ListedTool) => string | null,
) {
  const waiting = new Map<string, ListedTool[]>();
  for (const tool of before) {
    const key = keyOf(tool);
    if (key !== null) {
      const queue = waiting.get(key) ?? [];
      queue.push(tool);
      waiting.set(key, queue);
    }
  }
  const pairs: Pair[] = [];
  const come: ListedTool[] = [];
  for (const tool of after) {
    const match = waiting.get(keyOf(tool) ?? "")?.shift();
    if (match === undefined) {
      come.push(tool);
    } else {
      pairs.push({ before: match, after: tool });
    }
  }
  const matched = new Set(pairs.map((pair) => pair.before));
  return { pairs, gone: before.filter((tool) => !matched.has(tool)), come };
}

function comparableName(tool: ListedTool): string | null {
  return isJsonObject(tool.definition) && tool.name !== "" ? tool.name : null;
}

/** Same schemas under another name. A tool without arguments is alike to many, so its description has to agree too. */
function renameKey(tool: ListedTool): string | null {
  if (!isJsonObject(tool.definition)) {
    return null;
  }
  const { inputSchema, outputSchema, description } = tool.definition;
  const isTelling = isJsonObject(inputSchema) && Object.keys(inputSchema.properties ?? {}).length > 0;
  const nameless = hashToolList([{ inputSchema, outputSchema }]);
  return nameless.kind === "hashed"
    ? JSON.stringify([nameless.contractHash, isTelling ? null : [typeof description, description]])
    : null;
}

/**
 * A second tool of a name that stays changes what a client sees only by its choice between the two. A new tool whose
 * text gives orders is for a person to look at.
 */
function toolCameOrWent(
  kind: "tool_added" | "tool_removed",
  tool: ListedTool,
  stays: ReadonlySet<string>,
): DriftChange {
  const isAdded = kind === "tool_added";
  const hasMark = isAdded && findInstructionMark(JSON.stringify(tool.definition)) !== null;
  const plain = isAdded ? "compatible" : "breaking";
  const description = isJsonObject(tool.definition) ? tool.definition.description : undefined;
  return driftChange({
    kind,
    class: stays.has(tool.name) || hasMark ? "review" : plain,
    concern: hasMark ? "instructions" : null,
    tool: tool.name,
    path: [],
    [isAdded ? "after" : "before"]: description,
  });
}

function driftOfRename({ before, after }: Pair): readonly DriftChange[] {
  const rename = driftChange({
    kind: "tool_renamed",
    class: "breaking",
    tool: after.name,
    path: ["name"],
    before: before.name,
    after: after.name,
  });
  return [
    rename,
    ...driftOfWords(after.name, before.definition as JsonObject, after.definition as JsonObject),
  ];
}

function driftOfTool({ before, after }: Pair, budget: PlaceBudget): readonly DriftChange[] {
  const [was, is] = [before.definition as JsonObject, after.definition as JsonObject];
  const schemas = (["inputSchema", "outputSchema"] as const).flatMap((field) =>
    driftOfSchema(after.name, field, { before: was[field], after: is[field] }, budget),
  );
  const changes = [...schemas, ...driftOfWords(after.name, was, is)];
  return changes.length > 0 ? changes : [reordered(after.name)];
}

/** Only the order inside a set-like array differs, such as `required`. */
function reordered(tool: string): DriftChange {
  return driftChange({ kind: "description_changed", class: "compatible", tool, path: ["inputSchema"] });
}

function ordered(changes: readonly DriftChange[]): ToolListDiff {
  const sorted = DRIFT_CLASSES.flatMap((wanted) => changes.filter((change) => change.class === wanted));
  return {
    changes: sorted.slice(0, DRIFT_CHANGES_MAX),
    omittedCount: Math.max(0, sorted.length - DRIFT_CHANGES_MAX),
    class: sorted[0]?.class ?? null,
    isBreaking: sorted[0]?.isBreaking ?? false,
  };
}

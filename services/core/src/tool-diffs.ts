/** What changed in a tool list, tool by tool, as text that a person reads like a pull request. */
import { type DiffLine, diffLines } from "./diff-lines.ts";
import { DRIFT_CLASSES, type DriftChange } from "./drift-change.ts";
import { isJsonEqual } from "./json-equal.ts";
import { isJsonObject } from "./json-schema-keywords.ts";
import { toolDefinition, toolName } from "./tool-list.ts";

export interface ToolDiff {
  readonly tool: string;
  /** The name it had; null when it did not change. */
  readonly wasCalled: string | null;
  readonly kind: "changed" | "added" | "removed";
  /** The typed changes of this tool, the weightiest first. */
  readonly changes: readonly DriftChange[];
  readonly lines: readonly DiffLine[];
  /** Lines of its definition that are left out because there are too many. */
  readonly linesOmitted: number;
}

export interface ToolDiffs {
  /** Breaking tools first, then those to review. */
  readonly tools: readonly ToolDiff[];
  /** Changed tools beyond those listed. */
  readonly toolsOmitted: number;
  readonly unchanged: number;
}

/** Most tools and lines shown: more than anybody reads, and little enough to make at once. */
const TOOLS_MAX = 50;
const LINES_MAX = 400;

/**
 * Compares two raw `tools` arrays. `changes` is their typed difference (`diffToolLists`), which says what was renamed
 * and what breaks; a tool of which it says nothing is still shown when its definition differs.
 */
export function diffTools(
  before: readonly unknown[],
  after: readonly unknown[],
  changes: readonly DriftChange[],
): ToolDiffs {
  const oldNames = new Map(
    changes.flatMap(({ kind, tool, before: was }) =>
      kind === "tool_renamed" && was !== null ? [[tool, was] as const] : [],
    ),
  );
  const pairs = pairByName(before, after, oldNames);
  const changed = pairs.filter(({ was, is }) => !isJsonEqual(toolDefinition(was), toolDefinition(is)));
  const ranked = changed
    .map((pair) => ({ pair, changes: changes.filter(({ tool }) => tool === pair.name) }))
    .toSorted((a, b) => rank(a.changes) - rank(b.changes));
  return {
    tools: ranked.slice(0, TOOLS_MAX).map((one) => toolDiff(one.pair, one.changes)),
    toolsOmitted: Math.max(0, ranked.length - TOOLS_MAX),
    unchanged: pairs.length - changed.length,
  };
}

interface ToolPair {
  readonly name: string;
  readonly wasCalled: string | null;
  readonly was: unknown;
  readonly is: unknown;
}

/** Tools of one name are paired in their order; what is left over came or went. */
function pairByName(
  before: readonly unknown[],
  after: readonly unknown[],
  oldNames: ReadonlyMap<string, string>,
): ToolPair[] {
  const waiting = Map.groupBy(before, toolName);
  const pairs = after.map((is): ToolPair => {
    const name = toolName(is);
    const same = waiting.get(name)?.shift();
    const oldName = same === undefined ? oldNames.get(name) : undefined;
    const was = same ?? (oldName === undefined ? undefined : waiting.get(oldName)?.shift());
    return { name, wasCalled: was === undefined ? null : (oldName ?? null), was, is };
  });
  const gone = [...waiting].flatMap(([name, tools]) =>
    tools.map((was): ToolPair => ({ name, wasCalled: null, was, is: undefined })),
  );
  return [...pairs, ...gone];
}

const rank = (changes: readonly DriftChange[]) =>
  Math.min(DRIFT_CLASSES.length, ...changes.map((change) => DRIFT_CLASSES.indexOf(change.class)));

function toolDiff({ name, wasCalled, was, is }: ToolPair, changes: readonly DriftChange[]): ToolDiff {
  const oldText = was === undefined ? [] : toolText(was);
  const newText = is === undefined ? [] : toolText(is);
  const omitted = Math.max(0, oldText.length - LINES_MAX) + Math.max(0, newText.length - LINES_MAX);
  return {
    tool: name,
    wasCalled,
    kind: was === undefined ? "added" : is === undefined ? "removed" : "changed",
    changes,
    lines: diffLines(oldText.slice(0, LINES_MAX), newText.slice(0, LINES_MAX)),
    linesOmitted: omitted,
  };
}

/** Names first, then the words an agent reads, then the schemas; other fields between. */
const FIELD_ORDER = ["name", "title", "description", "annotations"];
const SCHEMA_FIELDS = ["inputSchema", "outputSchema"];

/** A definition as lines, at least one: words as they are read, everything else as indented JSON. */
export function toolText(tool: unknown): string[] {
  const definition = toolDefinition(tool);
  if (!isJsonObject(definition) || Object.keys(definition).length === 0) {
    return jsonLines(definition);
  }
  const others = Object.keys(definition).filter(
    (field) => !FIELD_ORDER.includes(field) && !SCHEMA_FIELDS.includes(field),
  );
  return [...FIELD_ORDER, ...others.toSorted(), ...SCHEMA_FIELDS]
    .filter((field) => Object.hasOwn(definition, field))
    .flatMap((field) => fieldLines(field, definition[field]));
}

function fieldLines(field: string, value: unknown): string[] {
  if (typeof value === "string") {
    const [first = "", ...rest] = value.split(/\r\n|\r|\n/);
    return rest.length === 0
      ? [`${field}: ${first}`]
      : [`${field}:`, ...[first, ...rest].map((line) => `  ${line}`)];
  }
  const [first = "", ...rest] = jsonLines(value);
  return [`${field}: ${first}`, ...rest];
}

/** Depth is bounded where lists are hashed, so that printing one cannot overflow the stack. */
const jsonLines = (value: unknown): string[] => (JSON.stringify(value, null, 2) ?? "null").split("\n");

/**
 * What changed in the text an agent reads: titles, descriptions, examples, defaults, hints. Never breaking, but it goes
 * straight into models' context, so new orders and hidden characters, and hints that admit more harm, are for a person.
 */
import { type DriftChange, type DriftConcern, driftChange, jsonPointer } from "./drift-change.ts";
import { findInstructionMark } from "./hidden-instruction.ts";
import { isJsonEqual } from "./json-equal.ts";
import { isJsonObject, type JsonObject, subschemas } from "./json-schema-keywords.ts";
import { SCHEMA_ANNOTATIONS } from "./tool-contract.ts";

/** Hints with the value that means more harm; absent hints mean harm (MCP schema, `ToolAnnotations`), except `readOnlyHint`, absent = false. */
const HARMFUL_HINTS: Readonly<Record<string, boolean>> = {
  readOnlyHint: false,
  destructiveHint: true,
  openWorldHint: true,
};

/** Fields judged elsewhere: the contract and the name. */
const CONTRACT_FIELDS: ReadonlySet<string> = new Set(["name", "inputSchema", "outputSchema"]);

/** Changes of words between two definitions of one tool (`toolDefinition`). */
export function driftOfWords(tool: string, before: JsonObject, after: JsonObject): readonly DriftChange[] {
  return [
    ...driftOfFields(tool, before, after),
    ...driftOfHints(tool, before.annotations, after.annotations),
    ...driftOfSchemaWords(tool, before, after),
  ];
}

function driftOfFields(tool: string, before: JsonObject, after: JsonObject): readonly DriftChange[] {
  const fields = [...changedKeys(before, after)].filter(
    (field) => !CONTRACT_FIELDS.has(field) && !(field === "annotations" && areObjects(before, after)),
  );
  return fields.map((field) =>
    field === "title" || field === "description"
      ? descriptionChanged(tool, [field], before[field], after[field])
      : annotationChanged(tool, [field], before[field], after[field]),
  );
}

function areObjects(before: JsonObject, after: JsonObject): boolean {
  return isJsonObject(before.annotations ?? {}) && isJsonObject(after.annotations ?? {});
}

function driftOfHints(tool: string, before: unknown, after: unknown): readonly DriftChange[] {
  const was = before ?? {};
  const is = after ?? {};
  if (!isJsonObject(was) || !isJsonObject(is)) {
    return [];
  }
  const changes = [...changedKeys(was, is)].map((hint) => {
    const path = ["annotations", hint];
    return hint === "title"
      ? descriptionChanged(tool, path, was[hint], is[hint])
      : hintChanged(tool, path, was[hint], is[hint]);
  });
  const cameEmpty = before === undefined || after === undefined;
  return changes.length === 0 && cameEmpty && before !== after
    ? [annotationChanged(tool, ["annotations"], before, after)]
    : changes;
}

function hintChanged(tool: string, path: readonly string[], before: unknown, after: unknown): DriftChange {
  const harmful = HARMFUL_HINTS[path.at(-1) as string];
  const isMoreHarm = harmful !== undefined && before === !harmful && (after ?? harmful) === harmful;
  if (!isMoreHarm) {
    return annotationChanged(tool, path, before, after);
  }
  return driftChange({
    kind: "annotation_changed",
    class: "review",
    concern: "safety",
    tool,
    path,
    before,
    after,
  });
}

/** Words inside schemas. Those of a place that came or went belong to that change, and only new orders are told here. */
function driftOfSchemaWords(tool: string, before: JsonObject, after: JsonObject): readonly DriftChange[] {
  return ["inputSchema", "outputSchema"].flatMap((field) => {
    const was = wordsOfSchema(before[field]);
    const is = wordsOfSchema(after[field]);
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((pointer) =>
      placeDrift(tool, [field], was.get(pointer) ?? null, is.get(pointer) ?? null),
    );
  });
}

interface SchemaPlace {
  readonly path: readonly string[];
  readonly schema: JsonObject;
}

function wordsOfSchema(root: unknown): ReadonlyMap<string, SchemaPlace> {
  const places = new Map<string, SchemaPlace>();
  const pending: { path: readonly string[]; schema: unknown }[] = [{ path: [], schema: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, schema } = next;
    if (isJsonObject(schema)) {
      places.set(jsonPointer(path), { path, schema });
      pending.push(
        ...[...subschemas(schema)].map((inner) => ({
          path: [...path, ...inner.path],
          schema: inner.schema,
        })),
      );
    }
  }
  return places;
}

function placeDrift(
  tool: string,
  field: readonly string[],
  was: SchemaPlace | null,
  is: SchemaPlace | null,
): readonly DriftChange[] {
  const path = [...field, ...((is ?? was)?.path ?? [])];
  const keywords = [...changedKeys(was?.schema ?? {}, is?.schema ?? {})].filter((keyword) =>
    SCHEMA_ANNOTATIONS.has(keyword),
  );
  return keywords
    .map((keyword) => {
      const [before, after] = [was?.schema[keyword], is?.schema[keyword]];
      return keyword === "default"
        ? defaultChanged(tool, [...path, keyword], before, after)
        : descriptionChanged(tool, [...path, keyword], before, after);
    })
    .filter((change) => (was !== null && is !== null) || change.concern === "instructions");
}

/** An argument left out now means something else; a default of results is only a word. */
function defaultChanged(tool: string, path: readonly string[], before: unknown, after: unknown): DriftChange {
  const drift = path[0] === "inputSchema" ? "review" : "compatible";
  return driftChange({ kind: "annotation_changed", class: drift, tool, path, before, after });
}

function descriptionChanged(
  tool: string,
  path: readonly string[],
  before: unknown,
  after: unknown,
): DriftChange {
  const concern = instructionConcern(before, after);
  const drift = concern === null ? "compatible" : "review";
  return driftChange({ kind: "description_changed", class: drift, concern, tool, path, before, after });
}

function annotationChanged(
  tool: string,
  path: readonly string[],
  before: unknown,
  after: unknown,
): DriftChange {
  const concern = instructionConcern(before, after);
  return driftChange({ kind: "annotation_changed", class: "review", concern, tool, path, before, after });
}

/** Only a mark that was not there before: an old one was looked at when it came. */
function instructionConcern(before: unknown, after: unknown): DriftConcern | null {
  if (after === undefined) {
    return null;
  }
  const mark = findInstructionMark(textOf(after));
  return mark !== null && mark !== findInstructionMark(textOf(before)) ? "instructions" : null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function changedKeys(before: JsonObject, after: JsonObject): ReadonlySet<string> {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return new Set([...keys].filter((key) => !isJsonEqual(before[key], after[key])));
}

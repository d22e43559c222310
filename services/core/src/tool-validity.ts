/**
 * Which listed tools a real client would refuse. The official TypeScript clients parse the whole list at once, so one
 * such tool costs their users every tool; rules are those of `ToolSchema` in `@modelcontextprotocol/sdk` 1.32 and
 * `@modelcontextprotocol/core` 2.4. Unknown fields are never a fault.
 */
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";
import type { Era } from "./states.ts";
import { toolName } from "./tool-list.ts";

export interface InvalidTool {
  /** Empty when the tool has none. */
  readonly name: string;
  /** Place in the list as it was sent, from 0. */
  readonly index: number;
  readonly problem: string;
}

/** The tools that official clients reject, each with the first reason; empty for a usable list. */
export function findInvalidTools(tools: readonly unknown[], era: Era): readonly InvalidTool[] {
  return tools.flatMap((tool, index) => {
    const problem = toolProblem(tool, era);
    return problem === null ? [] : [{ name: toolName(tool), index, problem }];
  });
}

function toolProblem(tool: unknown, era: Era): string | null {
  if (!isJsonObject(tool)) {
    return "is not an object";
  }
  if (typeof tool.name !== "string") {
    return "has no name";
  }
  for (const field of ["title", "description"]) {
    if (!isOptional(tool[field], "string")) {
      return `has a ${field} that is not a string`;
    }
  }
  return (
    inputSchemaProblem(tool.inputSchema, era) ??
    outputSchemaProblem(tool.outputSchema, era) ??
    annotationsProblem(tool.annotations) ??
    executionProblem(tool.execution, era) ??
    iconsProblem(tool.icons) ??
    (isOptionalObject(tool._meta) ? null : "has a _meta that is not an object")
  );
}

function inputSchemaProblem(schema: unknown, era: Era): string | null {
  if (!isJsonObject(schema)) {
    return "has no inputSchema object";
  }
  return objectSchemaProblem("inputSchema", schema, era);
}

/** The modern era lets an output schema describe any value; the legacy one demands an object. */
function outputSchemaProblem(schema: unknown, era: Era): string | null {
  if (schema === undefined) {
    return null;
  }
  if (!isJsonObject(schema)) {
    return "has an outputSchema that is not an object";
  }
  if (!isOptional(schema.$schema, "string")) {
    return "has an outputSchema whose $schema is not a string";
  }
  return era === "modern" ? null : objectSchemaProblem("outputSchema", schema, era);
}

function objectSchemaProblem(field: string, schema: JsonObject, era: Era): string | null {
  if (schema.type !== "object") {
    return `has an ${field} whose type is not "object"`;
  }
  if (era === "modern") {
    return isOptional(schema.$schema, "string") ? null : `has an ${field} whose $schema is not a string`;
  }
  if (!isOptionalObject(schema.properties) || !Object.values(schema.properties ?? {}).every(isContainer)) {
    return `has an ${field} whose properties are not schemas`;
  }
  return isOptionalStringList(schema.required)
    ? null
    : `has an ${field} whose required is not a list of names`;
}

function annotationsProblem(annotations: unknown): string | null {
  if (!isOptionalObject(annotations)) {
    return "has annotations that are not an object";
  }
  const areHintsBoolean = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"].every(
    (hint) => isOptional(annotations?.[hint], "boolean"),
  );
  return areHintsBoolean && isOptional(annotations?.title, "string")
    ? null
    : "has an annotation of the wrong type";
}

/** Deleted from the modern era, whose clients ignore it. */
function executionProblem(execution: unknown, era: Era): string | null {
  if (era === "modern" || execution === undefined) {
    return null;
  }
  const support = isJsonObject(execution) ? execution.taskSupport : null;
  return support === undefined || ["required", "optional", "forbidden"].includes(support as string)
    ? null
    : "has an execution that no client knows";
}

function iconsProblem(icons: unknown): string | null {
  if (icons === undefined) {
    return null;
  }
  return Array.isArray(icons) && icons.every(isIcon) ? null : "has icons that are not a list of icons";
}

function isIcon(icon: unknown): boolean {
  return (
    isJsonObject(icon) &&
    typeof icon.src === "string" &&
    isOptional(icon.mimeType, "string") &&
    isOptionalStringList(icon.sizes) &&
    (icon.theme === undefined || icon.theme === "light" || icon.theme === "dark")
  );
}

function isOptional(value: unknown, type: "string" | "boolean"): boolean {
  return value === undefined || typeof value === type;
}

function isOptionalObject(value: unknown): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value);
}

function isOptionalStringList(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((held) => typeof held === "string"));
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/**
 * Why a JSON Schema looks as if no validator compiles it. Nothing is compiled here: code generation from a stranger's
 * schema is slow, and a stranger's pattern may cost minutes. https://json-schema.org/draft/2020-12/json-schema-validation
 */
import { isJsonObject, type JsonObject, subschemas } from "./json-schema-keywords.ts";
import { resolveLocalRef } from "./local-schema-ref.ts";

const SCHEMA_TYPES: ReadonlySet<unknown> = new Set([
  "array",
  "boolean",
  "integer",
  "null",
  "number",
  "object",
  "string",
]);

/** First reason why a validator would refuse the schema, or null. Bounded by the size of the schema. */
export function findSchemaFault(root: JsonObject): string | null {
  const pending: { path: readonly string[]; schema: unknown }[] = [{ path: [], schema: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, schema } = next;
    if (typeof schema === "boolean") {
      continue;
    }
    const fault = isJsonObject(schema)
      ? schemaFault(schema, root, path.length === 0)
      : "is neither an object nor a boolean";
    if (fault !== null) {
      return `${path.length === 0 ? "the schema" : `#/${path.join("/")}`.slice(0, 80)} ${fault}`;
    }
    for (const inner of subschemas(schema as JsonObject)) {
      pending.push({ path: [...path, ...inner.path], schema: inner.schema });
    }
  }
  return null;
}

function schemaFault(schema: JsonObject, root: JsonObject, isRoot: boolean): string | null {
  return (
    typeFault(schema.type) ??
    refFault(schema.$ref, root, isRoot ? undefined : schema.$id) ??
    listFaults(schema) ??
    numberFaults(schema) ??
    patternFaults(schema)
  );
}

function typeFault(type: unknown): string | null {
  const types = Array.isArray(type) ? type : [type];
  return type === undefined || (types.length > 0 && types.every((held) => SCHEMA_TYPES.has(held)))
    ? null
    : "has a type no JSON Schema knows";
}

/** References into the network are forbidden by the specification, so only `#`, `#/…` and `#anchor` can ever resolve. */
function refFault(ref: unknown, root: JsonObject, ownId: unknown): string | null {
  if (ref === undefined) {
    return null;
  }
  if (typeof ref !== "string") {
    return "has a $ref that is not a string";
  }
  if (!ref.startsWith("#")) {
    return "has a $ref that leaves the schema";
  }
  const isPointer = ref === "#" || ref.startsWith("#/");
  return !isPointer || ownId !== undefined || resolveLocalRef(root, ref) !== undefined
    ? null
    : "has a $ref to nothing";
}

function listFaults(schema: JsonObject): string | null {
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    const value = schema[keyword];
    if (value !== undefined && !(Array.isArray(value) && value.length > 0)) {
      return `has an ${keyword} that is not a list of schemas`;
    }
  }
  for (const keyword of ["properties", "patternProperties", "$defs", "definitions"]) {
    if (schema[keyword] !== undefined && !isJsonObject(schema[keyword])) {
      return `has ${keyword} that are not schemas by name`;
    }
  }
  if (schema.required !== undefined && !isNameList(schema.required)) {
    return "has a required that is not a list of names";
  }
  return schema.enum === undefined || Array.isArray(schema.enum) ? null : "has an enum that is not a list";
}

function isNameList(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

const COUNT_KEYWORDS = [
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
] as const;

function numberFaults(schema: JsonObject): string | null {
  for (const keyword of COUNT_KEYWORDS) {
    const value = schema[keyword];
    if (value !== undefined && !(Number.isInteger(value) && (value as number) >= 0)) {
      return `has a ${keyword} that is not a whole number`;
    }
  }
  for (const keyword of ["minimum", "maximum"] as const) {
    if (schema[keyword] !== undefined && typeof schema[keyword] !== "number") {
      return `has a ${keyword} that is not a number`;
    }
  }
  const { multipleOf } = schema;
  return multipleOf === undefined || (typeof multipleOf === "number" && multipleOf > 0)
    ? null
    : "has a multipleOf that is not a positive number";
}

function patternFaults(schema: JsonObject): string | null {
  const patterns = [
    ...(schema.pattern === undefined ? [] : [schema.pattern]),
    ...(isJsonObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : []),
  ];
  return patterns.every(looksLikePattern) ? null : "has a pattern that is no ECMAScript pattern";
}

/** Brackets and parentheses close and nothing is escaped at the end: as far as one can tell without compiling. Linear. */
function looksLikePattern(pattern: unknown): boolean {
  if (typeof pattern !== "string") {
    return false;
  }
  const unescaped = pattern.replace(/\\./gs, "");
  let groups = 0;
  let isInClass = false;
  for (const character of unescaped) {
    if (isInClass) {
      isInClass = character !== "]";
      continue;
    }
    isInClass = character === "[";
    groups += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (groups < 0) {
      return false;
    }
  }
  return groups === 0 && !isInClass && !unescaped.includes("\\");
}

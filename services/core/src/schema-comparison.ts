/** The words and hands of a schema comparison: what a keyword comparer gets, and what it may say. */
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";

/** How the set of accepted values changed at one place; says nothing yet about who is hurt by it. */
export type SchemaAspect =
  | "type_narrowed"
  | "type_widened"
  | "type_replaced"
  | "enum_narrowed"
  | "enum_widened"
  | "bound_narrowed"
  | "bound_widened"
  | "extras_closed"
  | "extras_opened"
  | "branch_added"
  | "branch_removed"
  | "exclusive_branch_added"
  | "property_added_optional"
  /** Optional, where values of that name had to fit a schema before. */
  | "property_added_optional_checked"
  | "property_added_required"
  | "property_removed"
  /** Removed, and values of that name are refused now. */
  | "property_removed_closed"
  | "required_added"
  | "required_dropped"
  | "header_changed"
  | "undecided";

export interface SchemaFinding {
  readonly aspect: SchemaAspect;
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What the keyword comparers need: where to put findings, and how to go on with a pair of subschemas. */
export interface Comparison {
  add(aspect: SchemaAspect, path: readonly string[], before?: unknown, after?: unknown): void;
  compare(before: unknown, after: unknown, path: readonly string[]): void;
}

export interface SchemaPair {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly path: readonly string[];
}

/** `true` and `{}`: every value passes. */
export function isAnything(schema: unknown): boolean {
  return schema === true || (isJsonObject(schema) && Object.keys(schema).length === 0);
}

export function isNothing(schema: unknown): boolean {
  return schema === false;
}

/** References inside one schema. References that leave it are never followed (MCP: no dereferencing over the network). */
import { isJsonObject, type JsonObject } from "./json-schema-keywords.ts";

/** What a local JSON Pointer reference (`#`, `#/…`) points to, or undefined. */
export function resolveLocalRef(root: JsonObject, ref: string): unknown {
  if (ref !== "#" && !ref.startsWith("#/")) {
    return undefined;
  }
  let at: unknown = root;
  for (const step of ref.split("/").slice(1)) {
    const key = decodedStep(step);
    if (typeof at !== "object" || at === null || key === null || !Object.hasOwn(at, key)) {
      return undefined;
    }
    at = (at as JsonObject)[key];
  }
  return at;
}

/** RFC 6901 inside a URI fragment: percent-decoding, then `~1` and `~0`. */
function decodedStep(step: string): string | null {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return null;
  }
}

/** Longest chain of references followed from one place. */
const REF_HOPS_MAX = 16;

/**
 * The schema with its `$ref` replaced by what it points to, keywords beside it kept (2020-12). Null when the reference
 * leaves the schema, goes nowhere or in a circle, or when a keyword stands on both sides.
 */
export function withRefResolved(schema: unknown, root: unknown): unknown {
  let resolved = schema;
  for (let hops = 0; isJsonObject(resolved) && resolved.$ref !== undefined; hops += 1) {
    const { $ref, ...beside } = resolved;
    const target =
      hops < REF_HOPS_MAX && typeof $ref === "string" && isJsonObject(root)
        ? resolveLocalRef(root, $ref)
        : undefined;
    if (target === undefined) {
      return null;
    }
    if (Object.keys(beside).length === 0) {
      resolved = target;
    } else if (isJsonObject(target) && Object.keys(beside).every((key) => !Object.hasOwn(target, key))) {
      resolved = { ...target, ...beside };
    } else {
      return null;
    }
  }
  return resolved;
}

/** Whether the text `$ref` stands as a key anywhere below. Recursive: the value is within the JSON bounds. */
export function hasRefs(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return Object.hasOwn(value, "$ref") || Object.values(value).some(hasRefs);
}

/** References inside one schema. References that leave it are never followed (MCP: no dereferencing over the network). */
import type { JsonObject } from "./json-schema-keywords.ts";

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

/**
 * Arguments that the modern wire repeats as `Mcp-Param-<name>` headers: properties carrying `x-mcp-header`
 * (MCP 2026-07-28, Streamable HTTP, "Schema Extension"). One misplaced declaration makes the tool invalid, and official
 * clients then drop it without a word.
 */
import { isJsonObject, type JsonObject, subschemas } from "./json-schema-keywords.ts";

export interface ParamHeader {
  /** Property names from the root of the input schema down. */
  readonly path: readonly string[];
  /** As declared, without the `Mcp-Param-` prefix. */
  readonly header: string;
}

export type ParamHeaders =
  | { readonly kind: "valid"; readonly headers: readonly ParamHeader[] }
  | { readonly kind: "invalid"; readonly fault: string };

/** RFC 9110, section 5.6.2: `token`. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_TYPES: readonly unknown[] = ["string", "integer", "boolean"];

interface Place {
  readonly schema: unknown;
  readonly path: readonly string[];
  readonly isReachable: boolean;
}

/** Every declaration of a tool's input schema, or the first rule that one of them breaks. */
export function findParamHeaders(inputSchema: unknown): ParamHeaders {
  const headers: ParamHeader[] = [];
  const taken = new Set<string>();
  const pending: Place[] = [{ schema: inputSchema, path: [], isReachable: true }];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    if (!isJsonObject(place.schema)) {
      continue;
    }
    if (Object.hasOwn(place.schema, "x-mcp-header")) {
      const fault = declarationFault(place.schema, place, taken);
      if (fault !== null) {
        return { kind: "invalid", fault: `x-mcp-header of ${place.path.join(".").slice(0, 80)} ${fault}` };
      }
      headers.push({ path: place.path, header: place.schema["x-mcp-header"] as string });
    }
    pending.push(...placesInside(place.schema, place));
  }
  return { kind: "valid", headers };
}

/** The chain of `properties` keys is the only road; any other subschema is off it. */
function placesInside(schema: JsonObject, from: Place): readonly Place[] {
  return [...subschemas(schema)].map((inner) =>
    inner.path[0] === "properties"
      ? {
          schema: inner.schema,
          path: [...from.path, inner.path[1] as string],
          isReachable: from.isReachable,
        }
      : { schema: inner.schema, path: [...from.path, ...inner.path], isReachable: false },
  );
}

function declarationFault(schema: JsonObject, place: Place, taken: Set<string>): string | null {
  const header = schema["x-mcp-header"];
  if (!place.isReachable || place.path.length === 0) {
    return "is not on a property reached through properties alone";
  }
  if (typeof header !== "string" || !TOKEN.test(header)) {
    return "is not a header name";
  }
  if (!HEADER_TYPES.includes(schema.type)) {
    return "is not on a string, integer or boolean";
  }
  const lowerCase = header.toLowerCase();
  if (taken.has(lowerCase)) {
    return "is declared twice";
  }
  taken.add(lowerCase);
  return null;
}

/**
 * The part of JSONPath (RFC 9535) that points at values without searching for them: `$`, `.name`, `['name']`, `[0]`,
 * `[*]` and `.*`. No filters, slices, unions or descent: nothing an owner writes makes a probe work for long.
 */
import { isJsonObject } from "./json-schema-keywords.ts";

export const JSON_PATH_CHARS_MAX = 200;
const SEGMENTS_MAX = 16;
/** Wildcards in a row multiply; beyond this many values the rest is not looked at. */
const VALUES_MAX = 1_000;

export type JsonPathSegment =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "wildcard" };

export type JsonPath =
  | { readonly kind: "path"; readonly segments: readonly JsonPathSegment[] }
  /** `message` is a sentence for the person who typed it. */
  | { readonly kind: "invalid"; readonly message: string };

/** One segment at the place of `lastIndex`; names in the shorthand of RFC 9535, section 2.5.1.1. */
const SEGMENT =
  /\.(?<name>[A-Za-z_\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}][\w\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}]*)|\[(?<index>0|[1-9]\d{0,8})\]|\['(?<single>(?:[^'\\]|\\['\\])*)'\]|\["(?<double>(?:[^"\\]|\\["\\])*)"\]|(?<wildcard>\.\*|\[\*\])/uy;

/** Reads a path of at most 200 characters and 16 segments. */
export function parseJsonPath(text: string): JsonPath {
  if (text.length > JSON_PATH_CHARS_MAX) {
    return invalid(`A path may have at most ${JSON_PATH_CHARS_MAX} characters.`);
  }
  if (!text.startsWith("$")) {
    return invalid("A path begins with $, for example $.status or $.checks[0].ok.");
  }
  const segments: JsonPathSegment[] = [];
  let at = 1;
  while (at < text.length) {
    SEGMENT.lastIndex = at;
    const groups = SEGMENT.exec(text)?.groups;
    if (groups === undefined) {
      return invalid(
        `This path cannot be read from "${text.slice(at, at + 20)}" on. It may hold .name, ['name'], [0] and [*].`,
      );
    }
    if (segments.length === SEGMENTS_MAX) {
      return invalid(`A path may have at most ${SEGMENTS_MAX} steps.`);
    }
    segments.push(segmentOf(groups));
    at = SEGMENT.lastIndex;
  }
  return { kind: "path", segments };
}

/** Every value the path points at, in document order, at most 1,000; none when there is nothing there. */
export function selectValues(value: unknown, segments: readonly JsonPathSegment[]): readonly unknown[] {
  let values: readonly unknown[] = [value];
  for (const segment of segments) {
    values = values.flatMap((held) => step(held, segment)).slice(0, VALUES_MAX);
  }
  return values;
}

function step(value: unknown, segment: JsonPathSegment): readonly unknown[] {
  switch (segment.kind) {
    case "name":
      // Own fields only: `$.constructor` is nothing that an endpoint said.
      return isJsonObject(value) && Object.hasOwn(value, segment.name) ? [value[segment.name]] : [];
    case "index":
      return Array.isArray(value) && segment.index < value.length ? [value[segment.index]] : [];
    case "wildcard":
      if (Array.isArray(value)) {
        return value.slice(0, VALUES_MAX);
      }
      return isJsonObject(value) ? Object.values(value).slice(0, VALUES_MAX) : [];
  }
}

function segmentOf(groups: Readonly<Record<string, string | undefined>>): JsonPathSegment {
  if (groups.wildcard !== undefined) {
    return { kind: "wildcard" };
  }
  if (groups.index !== undefined) {
    return { kind: "index", index: Number(groups.index) };
  }
  const quoted = groups.single ?? groups.double;
  return { kind: "name", name: groups.name ?? quoted?.replace(/\\(.)/g, "$1") ?? "" };
}

function invalid(message: string): JsonPath {
  return { kind: "invalid", message };
}

/**
 * RFC 8785 canonical JSON of text that strangers wrote, and SHA-256 over it. Bounds are checked with an explicit stack
 * before anything recursive sees the value: `JSON.parse` accepts a million levels, most other code overflows at 5,000.
 */
import { hash } from "node:crypto";
import canonicalize from "canonicalize";
import { invariant } from "./invariant.ts";

/** Deepest nesting accepted; a scalar has depth 0, `[]` depth 1. */
export const JSON_DEPTH_MAX = 64;
/** Most values (containers and scalars together) accepted. */
export const JSON_NODES_MAX = 200_000;

export type JsonBound = "depth" | "nodes";

interface JsonShape {
  readonly exceeded: JsonBound | null;
  /** False when a string holds a lone surrogate or a number overflowed to infinity (`1e999`): RFC 8785 has no form for either. */
  readonly isExact: boolean;
}

/** Says which bound a parsed JSON value breaks, or null. Iterative: safe on any depth. */
export function exceededJsonBound(value: unknown): JsonBound | null {
  return inspect(value).exceeded;
}

/**
 * Canonical text of a parsed JSON value: keys sorted by UTF-16 code unit, no whitespace, ECMAScript numbers.
 *
 * Lone surrogates become U+FFFD and overflowed numbers `null`, so that every value within bounds has one text.
 * The caller has checked `exceededJsonBound`; a value over a bound is a bug here.
 */
export function canonicalJson(value: unknown): string {
  const shape = inspect(value);
  invariant(shape.exceeded === null, "canonicalJson is given only values within the bounds");
  const text = canonicalize(shape.isExact ? value : representable(value));
  invariant(text !== undefined, "canonicalJson is given only JSON values");
  return text;
}

/** Lower-case hex SHA-256 of bytes, or of the UTF-8 of a text. */
export function sha256Hex(content: string | Uint8Array): string {
  return hash("sha256", content, "hex");
}

function inspect(root: unknown): JsonShape {
  const values: unknown[] = [root];
  const depths: number[] = [0];
  let nodes = 0;
  let isExact = true;
  while (values.length > 0) {
    const value = values.pop();
    const depth = depths.pop() as number;
    nodes += 1;
    if (nodes + values.length > JSON_NODES_MAX) {
      return { exceeded: "nodes", isExact };
    }
    if (typeof value !== "object" || value === null) {
      isExact &&= isExactScalar(value);
      continue;
    }
    if (depth >= JSON_DEPTH_MAX) {
      return { exceeded: "depth", isExact };
    }
    if (!Array.isArray(value)) {
      isExact &&= Object.keys(value).every(isExactScalar);
    }
    for (const child of Array.isArray(value) ? value : Object.values(value)) {
      values.push(child);
      depths.push(depth + 1);
    }
  }
  return { exceeded: null, isExact };
}

function isExactScalar(value: unknown): boolean {
  if (typeof value === "string") {
    return value.isWellFormed();
  }
  return typeof value !== "number" || Number.isFinite(value);
}

/** Copy with every string well-formed and every number finite; keys in sorted order, so that two that collide fall alike. */
function representable(value: unknown): unknown {
  if (typeof value === "string") {
    return value.toWellFormed();
  }
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(representable);
  }
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, child] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    copy[key.toWellFormed()] = representable(child);
  }
  return copy;
}

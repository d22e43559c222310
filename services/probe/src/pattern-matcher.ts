/** Patterns that owners write, matched in time linear in the text (RE2): no pattern makes a probe stall. */
import type { MatchPattern } from "@alivemcp/core/health-assertion";
import { type RE2JS as Compiled, RE2JS } from "re2js";

export interface PatternMatcher {
  readonly matches: MatchPattern;
}

/** Counted repetitions multiply what a short pattern compiles to; 500 instructions take some 20 µs per character. */
const INSTRUCTIONS_MAX = 500;
/** Compiled patterns kept, those used last. */
const PATTERNS_MAX = 500;

export function createPatternMatcher(): PatternMatcher {
  const compiled = new Map<string, Compiled | null>();
  const find = (pattern: string) => {
    const known = compiled.get(pattern);
    if (known !== undefined) {
      compiled.delete(pattern);
      compiled.set(pattern, known);
      return known;
    }
    const made = compile(pattern);
    const usable = made.kind === "compiled" ? made.expression : null;
    compiled.set(pattern, usable);
    if (compiled.size > PATTERNS_MAX) {
      compiled.delete(compiled.keys().next().value ?? "");
    }
    return usable;
  };
  return { matches: (pattern, subject) => find(pattern)?.test(subject) ?? false };
}

/** What is wrong with a pattern, in a sentence for who typed it; null when it can be used. */
export function findPatternProblem(pattern: string): string | null {
  const made = compile(pattern);
  return made.kind === "compiled" ? null : made.message;
}

type Compilation =
  | { readonly kind: "compiled"; readonly expression: Compiled }
  | { readonly kind: "refused"; readonly message: string };

function compile(pattern: string): Compilation {
  try {
    const expression = RE2JS.compile(pattern);
    return expression.programSize() > INSTRUCTIONS_MAX
      ? { kind: "refused", message: "This pattern repeats too much; use smaller numbers in braces." }
      : { kind: "compiled", expression };
  } catch {
    return {
      kind: "refused",
      message: "This pattern cannot be read. It is in RE2 syntax: no look-around, no back-references.",
    };
  }
}

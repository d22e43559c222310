/** What an owner asserts of the health tool's result, and whether it holds. */
import { z } from "zod";
import { JSON_PATH_CHARS_MAX, type JsonPathSegment, parseJsonPath, selectValues } from "./json-path.ts";
import { isJsonObject } from "./json-schema-keywords.ts";
import { redactExcerpt } from "./redact.ts";

export const HEALTH_ASSERTIONS_MAX = 20;
export const PATTERN_CHARS_MAX = 200;
const EXPECTED_CHARS_MAX = 500;

const path = z.string().superRefine((text, context) => {
  const parsed = parseJsonPath(text.slice(0, JSON_PATH_CHARS_MAX + 1));
  if (parsed.kind === "invalid") {
    context.addIssue({ code: "custom", message: parsed.message });
  }
});
const text = z.string().max(EXPECTED_CHARS_MAX, `This may have at most ${EXPECTED_CHARS_MAX} characters.`);
const scalar = z.union([text, z.number(), z.boolean(), z.null()], {
  error: "Give a text, a number, true, false or null.",
});

/**
 * One assertion. It holds when the path points at something and everything it points at passes: `$.checks[*].ok equals
 * true` means all of them. `matches` takes a pattern without look-around and back-references (RE2 syntax), found
 * anywhere in the text.
 */
export const healthAssertionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("equals"), path, value: scalar }),
  z.strictObject({ kind: z.literal("contains"), path, value: scalar }),
  z.strictObject({
    kind: z.literal("matches"),
    path,
    pattern: z
      .string()
      .min(1, "Give a pattern.")
      .max(PATTERN_CHARS_MAX, `A pattern may have at most ${PATTERN_CHARS_MAX} characters.`),
  }),
  z.strictObject({ kind: z.literal("less-than"), path, value: z.number() }),
]);
export type HealthAssertion = z.infer<typeof healthAssertionSchema>;

/** Finds a pattern in a text in time linear in its length; a pattern it cannot read matches nothing. */
export type MatchPattern = (pattern: string, subject: string) => boolean;

export type AssertionsVerdict =
  | { readonly kind: "held" }
  /** `position` counts from 1; `detail` names the assertion and what was found, redacted, at most 100 characters of it. */
  | { readonly kind: "failed"; readonly position: number; readonly detail: string };

/** Of one text only the start is searched by `matches`, and so much of all texts together. */
const SUBJECT_CHARS_MAX = 2_000;
const SEARCHED_CHARS_MAX = 10_000;
const FOUND_CHARS_MAX = 100;
/** Text longer than this is not tried as JSON. */
const JSON_CHARS_MAX = 1_048_576;

/** Tests assertions in their order against a tool's result; the first that fails is told. Pure, if `matches` is. */
export function evaluateHealthAssertions(
  assertions: readonly HealthAssertion[],
  result: { readonly structuredContent?: unknown; readonly content?: unknown },
  matches: MatchPattern,
): AssertionsVerdict {
  const subject = subjectOf(result);
  const search = boundSearch(matches);
  for (const [index, assertion] of assertions.entries()) {
    const failing = failingValue(assertion, subject, search);
    if (failing !== null) {
      const position = index + 1;
      return {
        kind: "failed",
        position,
        detail: `assertion_failed ${position}: ${describe(assertion)}, ${failing}`,
      };
    }
  }
  return { kind: "held" };
}

function boundSearch(matches: MatchPattern): MatchPattern {
  let leftChars = SEARCHED_CHARS_MAX;
  return (pattern, subject) => {
    const searched = subject.slice(0, Math.min(SUBJECT_CHARS_MAX, leftChars));
    leftChars -= searched.length;
    return matches(pattern, searched);
  };
}

/** What assertions speak of: the structured content, else the text content as JSON, else the text itself. */
function subjectOf(result: { readonly structuredContent?: unknown; readonly content?: unknown }): unknown {
  if (result.structuredContent !== undefined) {
    return result.structuredContent;
  }
  const items: readonly unknown[] = Array.isArray(result.content) ? result.content : [];
  const said = items
    .flatMap((item) => (isJsonObject(item) && typeof item.text === "string" ? [item.text] : []))
    .join("\n");
  return said.length > JSON_CHARS_MAX ? said : (parseJson(said)?.value ?? said);
}

function parseJson(said: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(said) };
  } catch {
    return null;
  }
}

/** What was found instead, in words; null when the assertion holds. */
function failingValue(assertion: HealthAssertion, subject: unknown, matches: MatchPattern): string | null {
  const values = selectValues(subject, segmentsOf(assertion.path));
  if (values.length === 0) {
    return "nothing is there";
  }
  const failing = values.findIndex((value) => !passes(assertion, value, matches));
  return failing === -1 ? null : `found ${shown(values[failing])}`;
}

function segmentsOf(text: string): readonly JsonPathSegment[] {
  const parsed = parseJsonPath(text);
  // A path that cannot be read is refused where assertions are entered; one that got here points at nothing.
  return parsed.kind === "path" ? parsed.segments : [{ kind: "index", index: Number.MAX_SAFE_INTEGER }];
}

function passes(assertion: HealthAssertion, value: unknown, matches: MatchPattern): boolean {
  switch (assertion.kind) {
    case "equals":
      return value === assertion.value;
    case "contains":
      return Array.isArray(value)
        ? value.includes(assertion.value)
        : typeof value === "string" && value.includes(String(assertion.value));
    case "matches":
      return isText(value) && matches(assertion.pattern, String(value));
    case "less-than":
      return typeof value === "number" && value < assertion.value;
  }
}

const isText = (value: unknown) =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

function describe(assertion: HealthAssertion): string {
  const expected = assertion.kind === "matches" ? assertion.pattern : JSON.stringify(assertion.value);
  return clip(`${clip(assertion.path, 40)} ${assertion.kind} ${expected}`, 70);
}

function shown(value: unknown): string {
  return clip(redactExcerpt(JSON.stringify(value)?.slice(0, FOUND_CHARS_MAX * 4) ?? ""), FOUND_CHARS_MAX);
}

function clip(words: string, charsMax: number): string {
  return words.length > charsMax ? `${words.slice(0, charsMax - 1).toWellFormed()}…` : words;
}

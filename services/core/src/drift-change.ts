/** The words of drift: what changed in a tool list, and what that means to those who call it. */

export const DRIFT_KINDS = [
  "tool_added",
  "tool_removed",
  "tool_renamed",
  "param_added_optional",
  "param_added_required",
  "param_removed",
  "param_type_changed",
  "enum_narrowed",
  "enum_widened",
  "constraint_narrowed",
  "constraint_widened",
  "output_changed",
  "description_changed",
  "annotation_changed",
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/**
 * `breaking`: a call that was right yesterday is refused, or an answer no longer fits what was promised. `compatible`:
 * neither can happen. `review`: it depends on things the schemas do not say, so a person has to look.
 */
export const DRIFT_CLASSES = ["breaking", "review", "compatible"] as const;
export type DriftClass = (typeof DRIFT_CLASSES)[number];

/** `safety`: a tool says it does more harm than before. `instructions`: new text tells an agent what to do, or hides. */
export const DRIFT_CONCERNS = ["safety", "instructions"] as const;
export type DriftConcern = (typeof DRIFT_CONCERNS)[number];

export interface DriftChange {
  readonly kind: DriftKind;
  readonly class: DriftClass;
  /** Exactly `class === "breaking"`. */
  readonly isBreaking: boolean;
  readonly concern: DriftConcern | null;
  /** The name after the change, or the last one it had. */
  readonly tool: string;
  /** JSON Pointer inside the tool's definition; empty for the tool as a whole. */
  readonly path: string;
  /** What stood there, as text cut to `DRIFT_EXCERPT_MAX` characters; null when nothing did. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Longest excerpt of a stranger's text kept in a change. */
export const DRIFT_EXCERPT_MAX = 200;

interface ChangeFacts {
  readonly kind: DriftKind;
  readonly class: DriftClass;
  readonly concern?: DriftConcern | null;
  readonly tool: string;
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One change, with its values cut to excerpts and its path written as a JSON Pointer (RFC 6901). */
export function driftChange(facts: ChangeFacts): DriftChange {
  return {
    kind: facts.kind,
    class: facts.class,
    isBreaking: facts.class === "breaking",
    concern: facts.concern ?? null,
    tool: facts.tool.slice(0, DRIFT_EXCERPT_MAX).toWellFormed(),
    path: jsonPointer(facts.path)
      .slice(0, 2 * DRIFT_EXCERPT_MAX)
      .toWellFormed(),
    before: excerpt(facts.before),
    after: excerpt(facts.after),
  };
}

export function jsonPointer(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function excerpt(value: unknown): string | null {
  if (value === undefined) {
    return null;
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (text.length > DRIFT_EXCERPT_MAX ? `${text.slice(0, DRIFT_EXCERPT_MAX - 1)}…` : text).toWellFormed();
}

/** Longest slug, suffix included; the column's own bound is 120. */
const SLUG_CHARS_MAX = 60;

/**
 * Lower-case ASCII words of a name or host, joined by `-`: the readable part of a slug. `endpoint` when nothing is
 * left of it (a name in a script without ASCII letters).
 */
export function slugBase(text: string): string {
  const words = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return trimDashes(trimDashes(words).slice(0, SLUG_CHARS_MAX)) || "endpoint";
}

/**
 * The slug of an endpoint. Unlisted ones carry a suffix that cannot be guessed, because the slug is what protects
 * their page; `suffix` is 16 or more characters of `[a-z0-9]` from a random source.
 */
export function endpointSlug(
  text: string,
  visibility: "public" | "unlisted" | "private",
  suffix: string,
): string {
  const words = slugBase(text);
  const base = RESERVED.has(words) ? `${words}-endpoint` : words;
  return visibility === "public" ? base : `${base}-${suffix}`;
}

/** Fewest and most characters of the part that an owner chooses. */
export const SLUG_CHOICE_CHARS_MIN = 3;
const SLUG_CHOICE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Pages of the dashboard that stand where an endpoint's would. */
const RESERVED: ReadonlySet<string> = new Set(["new", "import"]);
const SUFFIX = /-[0-9a-z]{16}$/;

export type SlugChoice =
  | { readonly kind: "accepted"; readonly slug: string }
  | {
      readonly kind: "refused";
      readonly reason: "slug_length" | "slug_characters" | "slug_reserved";
      /** One sentence for the person who typed it. */
      readonly message: string;
    };

interface SlugBearer {
  readonly slug: string;
  readonly visibility: "public" | "unlisted" | "private";
}

/**
 * The slug that an owner's choice becomes. On the board it is the choice itself; elsewhere the suffix that cannot be
 * guessed stays what it was, or is `suffix` (as for `endpointSlug`) when there was none. Typing the suffix along is fine.
 */
export function chooseSlug(
  typed: string,
  {
    current,
    visibility,
    suffix,
  }: { current: SlugBearer; visibility: SlugBearer["visibility"]; suffix: string },
): SlugChoice {
  const kept = suffixOf(current);
  const choice = kept !== null && typed.endsWith(kept) ? typed.slice(0, -kept.length) : typed;
  if (choice.length < SLUG_CHOICE_CHARS_MIN || choice.length > SLUG_CHARS_MAX) {
    return {
      kind: "refused",
      reason: "slug_length",
      message: `An address has ${SLUG_CHOICE_CHARS_MIN} to ${SLUG_CHARS_MAX} characters.`,
    };
  }
  if (!SLUG_CHOICE.test(choice)) {
    return {
      kind: "refused",
      reason: "slug_characters",
      message: "An address consists of lower-case letters a to z, digits, and single dashes between them.",
    };
  }
  if (RESERVED.has(choice)) {
    return { kind: "refused", reason: "slug_reserved", message: "This address is taken by a page of ours." };
  }
  return {
    kind: "accepted",
    slug: visibility === "public" ? choice : `${choice}${kept ?? `-${suffix}`}`,
  };
}

/**
 * The slug after a change of visibility alone: leaving the board adds a suffix, entering it takes the suffix away, and
 * between unlisted and private nothing changes.
 */
export function slugAfterVisibility(
  current: SlugBearer,
  visibility: SlugBearer["visibility"],
  suffix: string,
): string {
  const kept = suffixOf(current);
  const readable = kept === null ? current.slug : current.slug.slice(0, -kept.length);
  return visibility === "public" ? readable : `${readable}${kept ?? `-${suffix}`}`;
}

/** With its dash; null on the board, where whatever stands at the end was never a secret. */
function suffixOf({ slug, visibility }: SlugBearer): string | null {
  return visibility === "public" ? null : (SUFFIX.exec(slug)?.[0] ?? null);
}

function trimDashes(text: string): string {
  return text.replace(/^-+|-+$/g, "");
}

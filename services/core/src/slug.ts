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
  const base = slugBase(text);
  return visibility === "public" ? base : `${base}-${suffix}`;
}

function trimDashes(text: string): string {
  return text.replace(/^-+|-+$/g, "");
}

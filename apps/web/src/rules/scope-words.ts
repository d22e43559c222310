/** What a rule or a maintenance window is about, with names in place of ids. */
export type ScopeLine =
  | { readonly kind: "all" }
  | {
      readonly kind: "some";
      readonly names: readonly string[];
      readonly tags: readonly string[];
      readonly groups: readonly string[];
    };

const NAMES_SHOWN = 3;

/** "all endpoints", "endpoints tagged prod or eu", "Billing, Search and endpoints of group Shop". */
export function scopeWords(scope: ScopeLine): string {
  if (scope.kind === "all") {
    return "all endpoints";
  }
  const { names, tags, groups } = scope;
  const more = names.length - NAMES_SHOWN;
  const named = more > 1 ? [...names.slice(0, NAMES_SHOWN), `${more} more`] : names;
  const parts = [
    ...named,
    ...(tags.length === 0 ? [] : [`endpoints tagged ${joined(tags, "or")}`]),
    ...(groups.length === 0 ? [] : [`endpoints of group ${joined(groups, "or")}`]),
  ];
  return parts.length === 0 ? "no endpoint (those it named are gone)" : joined(parts, "and");
}

/** "a", "a and b", "a, b and c". */
export function joined(words: readonly string[], last: "and" | "or"): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

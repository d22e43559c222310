import { publicDetail } from "./public-text.ts";

/** Longest text of a stranger that is looked at: cleaning is linear, but not free. */
const RAW_CHARS_MAX = 1_000;

/**
 * A text that somebody else chose, on one line: without addresses, and of a URL the host alone, for its path is often
 * a secret and a link in an alert is a lure.
 */
export function strangersLine(text: string, charsMax: number): string {
  const withoutUrls = text
    .slice(0, RAW_CHARS_MAX)
    .replace(/\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@]*@)?([^\s/?#]*)\S*/gi, "$1");
  return publicDetail(withoutUrls, charsMax);
}

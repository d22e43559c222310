/**
 * Cleans what may be said in public: no address of ours or upstream, no query values of a URL (they often are keys),
 * nothing that an endpoint wrote without a length bound and without control characters.
 */

/** IPv4, with an optional port; not the middle of a longer dotted number (versions have three parts at most). */
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\d.]*\d)/g;
/** IPv6 as Node and browsers print it, bracketed or bare, with zone or port; times such as 12:34:56 do not match. */
const IPV6 =
  /\[[0-9a-f:.%]*:[0-9a-f:.%]*\](?::\d{1,5})?|(?<![\w:.])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:.])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])/gi;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** One line of text written by a stranger: control and direction-changing characters out, cut to `charsMax`. */
export function publicLine(text: string, charsMax: number): string {
  const line = text.toWellFormed().replace(CONTROL, " ").replace(/\s+/g, " ").trim();
  return line.length > charsMax ? `${line.slice(0, charsMax - 1).toWellFormed()}…` : line;
}

/** Several lines of a stranger, each cleaned as `publicLine` does; no more than one empty line between two. */
export function publicLines(text: string, charsMax: number): string {
  const lines = text
    .slice(0, charsMax)
    .split(/\r\n|\r|\n/)
    .map((line) => publicLine(line, charsMax));
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** A detail of a probe step with every IP address replaced by words. */
export function publicDetail(detail: string, charsMax = 160): string {
  return publicLine(detail.replace(IPV6, "(address)").replace(IPV4, "(address)"), charsMax);
}

/**
 * The part of an endpoint's URL that may be shown. On the board: scheme, host and path, with query values hidden.
 * An unlisted endpoint shows its origin only: its path is often the secret.
 */
export function publicUrl(url: string, visibility: "public" | "unlisted"): string {
  if (!URL.canParse(url)) {
    return "";
  }
  const { origin, pathname, search } = new URL(url);
  if (visibility === "unlisted") {
    return origin;
  }
  return publicLine(`${origin}${pathname}${search === "" ? "" : "?…"}`, 300);
}

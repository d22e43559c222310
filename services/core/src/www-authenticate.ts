/** `WWW-Authenticate` as it is found in the wild (RFC 9110, section 11.6.1), read leniently. */

export interface Challenge {
  /** Lower-case. */
  readonly scheme: string;
  /** Names lower-case; the first value of a repeated name wins. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Challenges {
  readonly challenges: readonly Challenge[];
  /** Something in the headers is not a challenge: an unclosed quote, a parameter without a scheme. */
  readonly isMalformed: boolean;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BARE_VALUE = /[^\s,]+/y;
const GAP = /[\s,]*/y;
const SPACE = /\s*/y;
const EQUALS = /\s*=\s*/y;

/** Reads all values of the header: several challenges in one value, repeated headers, commas inside quotes. */
export function parseChallenges(values: readonly string[]): Challenges {
  const challenges: { scheme: string; params: Record<string, string> }[] = [];
  let isMalformed = false;
  for (const value of values) {
    isMalformed = !readHeader(value.slice(0, HEADER_CHARS_MAX), challenges) || isMalformed;
  }
  return { challenges, isMalformed };
}

/** Longer than any real challenge; bounds the work on a hostile one. */
const HEADER_CHARS_MAX = 8_192;

function readHeader(text: string, challenges: { scheme: string; params: Record<string, string> }[]): boolean {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    at = match === null ? at : pattern.lastIndex;
    return match;
  };
  let current: { scheme: string; params: Record<string, string> } | null = null;
  let isWellFormed = text.trim() !== "";
  for (take(GAP); at < text.length; take(GAP)) {
    const word = take(TOKEN)?.[0];
    if (word === undefined) {
      at += 1;
      isWellFormed = false;
      continue;
    }
    if (take(EQUALS) !== null) {
      const quoted = take(QUOTED);
      const value = quoted?.[1]?.replace(/\\(.)/g, "$1") ?? take(BARE_VALUE)?.[0];
      if (current === null || value === undefined || value.startsWith('"')) {
        isWellFormed = false;
      } else {
        current.params[word.toLowerCase()] ??= value;
      }
      continue;
    }
    current = { scheme: word.toLowerCase(), params: Object.create(null) };
    challenges.push(current);
    take(SPACE);
    // `Bearer realm=` would read as one; Bearer has parameters only (RFC 6750, section 3).
    if (current.scheme !== "bearer") {
      take(TOKEN68);
    }
  }
  return isWellFormed;
}

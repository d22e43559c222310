/** Cuts text to a vendor's limit as it will be sent: escapes are never cut in half, and nothing is cut without need. */
export function fitText(
  text: string,
  charsMax: number,
  escapeChar: (char: string) => string = (char) => char,
): string {
  let kept = "";
  let fitting = "";
  for (const char of text.toWellFormed()) {
    const next = kept + escapeChar(char);
    if (next.length > charsMax) {
      return `${fitting}…`;
    }
    if (next.length <= charsMax - 1) {
      fitting = next;
    }
    kept = next;
  }
  return kept;
}

/** A line break of ours between lines that fit; lines that do not fit are counted, not cut. */
export function fitLines(
  lines: readonly string[],
  charsMax: number,
): { readonly text: string; readonly linesLeftOut: number } {
  let text = "";
  for (const [at, line] of lines.entries()) {
    const next = text === "" ? line : `${text}\n${line}`;
    if (next.length > charsMax) {
      return { text, linesLeftOut: lines.length - at };
    }
    text = next;
  }
  return { text, linesLeftOut: 0 };
}

const BREAK = "\u200b";

/** Keeps a chat from making links and mentions out of a stranger's text, by an invisible space after `@` and in `://`. */
export function disarm(text: string): string {
  return text.replaceAll("@", `@${BREAK}`).replaceAll("://", `:${BREAK}//`);
}

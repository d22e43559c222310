/**
 * Marks of text that tries to steer an agent instead of describing a tool ("tool poisoning"). A mark is a reason for a
 * person to look, never a verdict: honest descriptions trip some of them.
 */

export type InstructionMark = "invisible_characters" | "hidden_markup" | "steering";

/**
 * Characters that show nothing and reach the model all the same: tag characters, zero-width marks, bidirectional
 * overrides, variation selectors of the supplement. Soft hyphen and joiners between letters of living scripts stay out.
 */
const INVISIBLE =
  /[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/u;

const INVISIBLE_RUNS = new RegExp(`(?:${INVISIBLE.source})+`, "gu");

/** A text cut where characters begin or end that a reader cannot see and a model reads. */
export function splitInvisible(text: string): { readonly text: string; readonly isInvisible: boolean }[] {
  const parts: { text: string; isInvisible: boolean }[] = [];
  let from = 0;
  for (const match of text.matchAll(INVISIBLE_RUNS)) {
    parts.push({ text: text.slice(from, match.index), isInvisible: false });
    parts.push({ text: match[0], isInvisible: true });
    from = match.index + match[0].length;
  }
  return [...parts, { text: text.slice(from), isInvisible: false }].filter((part) => part.text !== "");
}

/** Comments and pretended system sections that a reader of rendered text does not see. */
const HIDDEN_MARKUP =
  /<!--|<\/?(?:important|system|secret|hidden|instructions?|admin)\b|\[(?:system|inst)\]|<\|/i;

/** Orders to the model rather than words about the tool. Each alternative is linear in the text. */
const STEERING = new RegExp(
  [
    "\\b(?:ignore|disregard|forget|override)\\s+(?:all\\s+|any\\s+|the\\s+|your\\s+)*(?:previous|prior|earlier|above|other|system)\\b",
    "\\b(?:do not|don't|never)\\s+(?:tell|inform|mention|reveal|show|notify|ask|warn|alert)\\b",
    "\\bwithout\\s+(?:telling|informing|notifying|asking|the\\s+user)\\b",
    "\\b(?:before|after|instead of)\\s+(?:using|calling|invoking|running)\\s+(?:this|any|other|another|the\\s+other)\\b",
    "\\byou\\s+(?:must|should)\\s+(?:always\\s+|first\\s+|also\\s+)*(?:read|send|call|use|include|pass|append|forward|upload|execute|run|fetch)\\b",
    "(?:\\bid_rsa|\\bid_ed25519|\\bmcp\\.json|\\.ssh|\\.env)\\b",
    "\\bsystem prompt\\b",
  ].join("|"),
  "i",
);

/** The first mark found in a text, or null. */
export function findInstructionMark(text: string): InstructionMark | null {
  if (INVISIBLE.test(text)) {
    return "invisible_characters";
  }
  if (HIDDEN_MARKUP.test(text)) {
    return "hidden_markup";
  }
  return STEERING.test(text) ? "steering" : null;
}

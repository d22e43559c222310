/** Colours of the terminal, empty when the output is not one or `NO_COLOR` is set (https://no-color.org). */
export interface Palette {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

export function createPalette(hasColor: boolean): Palette {
  const paint = (code: number) => (text: string) => (hasColor ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: paint(32), warn: paint(33), bad: paint(31), dim: paint(2), bold: paint(1) };
}

/**
 * Makes text that an endpoint chose harmless for a terminal: control characters (escape sequences, line breaks,
 * bidirectional overrides) become `�`, and it is cut at `lengthMax`.
 */
export function printable(text: string, lengthMax = 200): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\uFFFD");
  return clean.length > lengthMax ? `${clean.slice(0, lengthMax - 1)}…` : clean;
}

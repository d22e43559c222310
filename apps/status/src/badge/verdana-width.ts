/**
 * Advance widths of Verdana in units of 1/2048 em, for the printable ASCII characters from space to tilde (the font's
 * own `hmtx` table). Badges name Verdana first and set `textLength`, so another font is stretched to the same width.
 */
const UNITS = [
  720, 806, 940, 1676, 1302, 2204, 1488, 550, 930, 930, 1302, 1676, 745, 930, 745, 930, 1302, 1302, 1302,
  1302, 1302, 1302, 1302, 1302, 1302, 1302, 930, 930, 1676, 1676, 1676, 1117, 2048, 1401, 1405, 1430, 1578,
  1295, 1177, 1588, 1539, 862, 931, 1419, 1140, 1727, 1532, 1612, 1235, 1612, 1424, 1401, 1262, 1499, 1401,
  2025, 1403, 1260, 1403, 930, 930, 930, 1676, 1302, 1302, 1230, 1276, 1067, 1276, 1220, 720, 1276, 1296, 562,
  705, 1212, 562, 1992, 1296, 1243, 1276, 1276, 874, 1067, 807, 1296, 1212, 1676, 1212, 1212, 1076, 1300, 930,
  1300, 1676,
];
const UNITS_PER_EM = 2048;
/** What a character outside the table is taken for: as wide as `m`, so that text never overflows its box. */
const WIDE_UNITS = 1992;
/** Verdana Bold is about an eighth wider than Verdana over mixed text. */
const BOLD_FACTOR = 1.13;

/** Width in pixels of one line of Verdana. */
export function verdanaWidth(text: string, fontSizePx: number, isBold = false): number {
  let units = 0;
  for (const character of text) {
    units += character === "·" ? 745 : (UNITS[character.charCodeAt(0) - 32] ?? WIDE_UNITS);
  }
  return (units / UNITS_PER_EM) * fontSizePx * (isBold ? BOLD_FACTOR : 1);
}

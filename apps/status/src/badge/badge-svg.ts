import type { BadgeStyle, BadgeTheme } from "@alivemcp/core/badge-options";
import type { BadgeText } from "./badge-text.ts";
import { verdanaWidth } from "./verdana-width.ts";

interface Palette {
  readonly label: string;
  readonly labelInk: string;
  readonly ink: string;
  readonly states: Record<BadgeText["state"], string>;
}

/** Every ink on its ground has a contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3); a test computes it. */
export const PALETTES: Record<"light" | "dark", Palette> = {
  light: {
    label: "#444c56",
    labelInk: "#ffffff",
    ink: "#ffffff",
    states: {
      live: "#1a7f37",
      degraded: "#8f5a00",
      down: "#b3261e",
      unknown: "#5c6670",
      "not-found": "#5c6670",
    },
  },
  dark: {
    label: "#2a313a",
    labelInk: "#e6edf3",
    ink: "#0b0f14",
    states: {
      live: "#4ac26b",
      degraded: "#e3b341",
      down: "#ff8a80",
      unknown: "#a9b3bd",
      "not-found": "#a9b3bd",
    },
  },
};

interface Shape {
  readonly heightPx: number;
  readonly fontSizePx: number;
  readonly baselinePx: number;
  readonly paddingPx: number;
  readonly radiusPx: number;
  readonly letterSpacingPx: number;
}

const SHAPES: Record<BadgeStyle, Shape> = {
  flat: { heightPx: 20, fontSizePx: 11, baselinePx: 14, paddingPx: 6, radiusPx: 3, letterSpacingPx: 0 },
  "flat-square": {
    heightPx: 20,
    fontSizePx: 11,
    baselinePx: 14,
    paddingPx: 6,
    radiusPx: 0,
    letterSpacingPx: 0,
  },
  "for-the-badge": {
    heightPx: 28,
    fontSizePx: 10,
    baselinePx: 18,
    paddingPx: 11,
    radiusPx: 3,
    letterSpacingPx: 1,
  },
};

/** Draws a badge as a self-contained SVG: no script, no external font, a title that says it in words. */
export function badgeSvg(text: BadgeText, style: BadgeStyle, theme: BadgeTheme): string {
  const shape = SHAPES[style];
  const isLoud = style === "for-the-badge";
  const left = half(isLoud ? text.label.toUpperCase() : text.label, shape, false);
  const right = half(isLoud ? text.message.toUpperCase() : text.message, shape, isLoud);
  const width = left.widthPx + right.widthPx;
  const title = escapeXml(text.title);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${shape.heightPx}" role="img" aria-label="${title}">` +
    `<title>${title}</title><style>${themeCss(theme, text.state)}</style>` +
    `<clipPath id="r"><rect width="${width}" height="${shape.heightPx}" rx="${shape.radiusPx}"/></clipPath>` +
    `<g clip-path="url(#r)"><rect class="l" width="${left.widthPx}" height="${shape.heightPx}"/>` +
    `<rect class="s" x="${left.widthPx}" width="${right.widthPx}" height="${shape.heightPx}"/></g>` +
    `<g font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="${shape.fontSizePx}" text-anchor="start"` +
    `${shape.letterSpacingPx > 0 ? ` letter-spacing="${shape.letterSpacingPx}"` : ""}>` +
    `<text class="t" x="${shape.paddingPx}" y="${shape.baselinePx}" textLength="${left.textPx}">${left.text}</text>` +
    `<text class="m" x="${left.widthPx + shape.paddingPx}" y="${shape.baselinePx}" textLength="${right.textPx}"` +
    `${isLoud ? ' font-weight="bold"' : ""}>${right.text}</text></g></svg>`
  );
}

function half(text: string, shape: Shape, isBold: boolean) {
  const spacingPx = shape.letterSpacingPx * Math.max(0, text.length - 1);
  const textPx = Math.round((verdanaWidth(text, shape.fontSizePx, isBold) + spacingPx) * 10) / 10;
  return { text: escapeXml(text), textPx, widthPx: Math.ceil(textPx) + 2 * shape.paddingPx };
}

function themeCss(theme: BadgeTheme, state: BadgeText["state"]): string {
  const rules = (palette: Palette) =>
    `.l{fill:${palette.label}}.s{fill:${palette.states[state]}}.t{fill:${palette.labelInk}}.m{fill:${palette.ink}}`;
  return theme === "auto"
    ? `${rules(PALETTES.light)}@media(prefers-color-scheme:dark){${rules(PALETTES.dark)}}`
    : rules(PALETTES[theme]);
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => XML_ENTITIES[character] ?? "");
}

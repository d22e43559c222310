import { BADGE_STYLES, BADGE_THEMES } from "@alivemcp/core/badge-options";
import { describe, expect, test } from "vitest";
import { badgeJson } from "./badge-json.ts";
import { badgeSvg, PALETTES } from "./badge-svg.ts";
import { badgeText, NOT_FOUND_BADGE } from "./badge-text.ts";
import { verdanaWidth } from "./verdana-width.ts";

const live = {
  state: "live",
  isAuthRequired: false,
  isFlapping: false,
  isStale: false,
  reason: null,
  basis: "committed",
} as const;
const figures = { status: live, uptimeRatio30d: 0.99987, latencyMsP50: 181.6 };

describe("badgeText", () => {
  test.each([
    ["state, uptime and median latency", figures, "live · 99.98% 30d · 182 ms"],
    [
      "a login wall says so",
      { ...figures, status: { ...live, isAuthRequired: true } },
      "live (login) · 99.98% 30d · 182 ms",
    ],
    [
      "stale news says so",
      { ...figures, status: { ...live, isStale: true } },
      "live (stale) · 99.98% 30d · 182 ms",
    ],
    [
      "nothing measured is no zero",
      { status: { ...live, state: "unknown" as const }, uptimeRatio30d: null, latencyMsP50: null },
      "unknown",
    ],
  ])("%s", (_name, input, message) => {
    expect(badgeText("acme", "mcp", input).message).toBe(message);
  });
});

describe("badgeSvg", () => {
  const text = badgeText("acme", "mcp", figures);
  test.each(BADGE_STYLES.flatMap((style) => BADGE_THEMES.map((theme) => [style, theme] as const)))(
    "%s / %s is one accessible image that says the state in words",
    (style, theme) => {
      const svg = badgeSvg(text, style, theme);
      expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="acme: live, uptime 99\.98 % over 30 days/);
      expect(svg).toContain("<title>acme: live");
      expect(svg.toLowerCase()).toContain(">live · 99.98% 30d · 182 ms</text>");
      expect(svg.includes("prefers-color-scheme")).toBe(theme === "auto");
    },
  );

  test("nothing that a reader puts into the label leaves its place", () => {
    const svg = badgeSvg(badgeText('<a href="x">', "</text><script>&'", figures), "flat", "light");
    expect(svg).not.toMatch(/<script|<a |&'/);
    expect(svg).toContain("&lt;/text&gt;&lt;script&gt;&amp;&#39;");
  });

  test("both halves are wide enough for their text", () => {
    for (const [, width, x, y] of badgeSvg(text, "flat", "light").matchAll(
      /width="(\d+)" height="20" role|x="(\d+)" width="(\d+)"/g,
    )) {
      expect(Number(width ?? Number(x) + Number(y))).toBe(
        Math.ceil(verdanaWidth("mcp", 11)) + Math.ceil(verdanaWidth(text.message, 11)) + 24,
      );
    }
  });
});

test("shields may not repaint a badge that is down", () => {
  const down = badgeText("acme", "mcp", { ...figures, status: { ...live, state: "down" } });
  expect(badgeJson(down)).toEqual({
    schemaVersion: 1,
    label: "mcp",
    message: "down · 99.98% 30d · 182 ms",
    color: "#b3261e",
    isError: true,
    cacheSeconds: 60,
  });
  expect(badgeJson(badgeText("acme", "mcp", figures)).isError).toBe(false);
  expect(badgeJson(NOT_FOUND_BADGE).message).toBe("not found");
});

test("every ink on every ground reaches a contrast of 4.5", () => {
  for (const palette of Object.values(PALETTES)) {
    expect(contrast(palette.labelInk, palette.label)).toBeGreaterThanOrEqual(4.5);
    for (const ground of Object.values(palette.states)) {
      expect(contrast(palette.ink, ground)).toBeGreaterThanOrEqual(4.5);
    }
  }
});

/** Contrast ratio of WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How a badge may be asked for; the words are in its address. */
export const BADGE_STYLES = ["flat", "flat-square", "for-the-badge"] as const;
export type BadgeStyle = (typeof BADGE_STYLES)[number];
export const BADGE_THEMES = ["light", "dark", "auto"] as const;
export type BadgeTheme = (typeof BADGE_THEMES)[number];
/** Longest label; the default is `mcp`. */
export const BADGE_LABEL_CHARS_MAX = 40;

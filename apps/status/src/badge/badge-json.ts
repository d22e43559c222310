import { PALETTES } from "./badge-svg.ts";
import type { BadgeText } from "./badge-text.ts";

/** The answer that https://shields.io/badges/endpoint-badge reads (schema version 1). */
export interface ShieldsBadge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
  /** True forbids the reader to override the colour: a badge that is down may not be painted green. */
  readonly isError: boolean;
  readonly cacheSeconds: number;
}

export function badgeJson(text: BadgeText): ShieldsBadge {
  return {
    schemaVersion: 1,
    label: text.label,
    message: text.message,
    color: PALETTES.light.states[text.state],
    isError: text.state === "down" || text.state === "not-found",
    cacheSeconds: 60,
  };
}

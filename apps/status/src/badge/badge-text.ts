import { floorPercent } from "@alivemcp/core/public-embed";
import type { PublicStatus } from "@alivemcp/core/public-status";
import type { PublicState } from "@alivemcp/core/states";

export interface BadgeFigures {
  readonly status: PublicStatus;
  readonly uptimeRatio30d: number | null;
  readonly latencyMsP50: number | null;
}

/** What a badge says: left half, right half, and the sentence for screen readers and tooltips. */
export interface BadgeText {
  readonly label: string;
  readonly message: string;
  readonly title: string;
  readonly state: PublicState | "not-found";
  readonly isStale: boolean;
}

const STATE_WORDS: Record<PublicState, string> = {
  live: "live",
  degraded: "degraded",
  down: "down",
  unknown: "unknown",
};

/** Words of a badge: state, uptime of 30 days, median handshake of 24 hours; figures that are not there are left out. */
export function badgeText(name: string, label: string, figures: BadgeFigures): BadgeText {
  const { status } = figures;
  const state = `${STATE_WORDS[status.state]}${status.isAuthRequired && status.state === "live" ? " (login)" : ""}`;
  const percent = floorPercent(figures.uptimeRatio30d);
  const parts = [
    status.isStale && status.state !== "unknown" ? `${state} (stale)` : state,
    ...(percent === null ? [] : [`${percent}% 30d`]),
    ...(figures.latencyMsP50 === null ? [] : [`${Math.round(figures.latencyMsP50)} ms`]),
  ];
  return {
    label,
    message: parts.join(" · "),
    title: [
      `${name}: ${state}${status.isStale ? ", not measured lately" : ""}`,
      ...(percent === null ? [] : [`uptime ${percent} % over 30 days`]),
      ...(figures.latencyMsP50 === null
        ? []
        : [`median response ${Math.round(figures.latencyMsP50)} ms over 24 hours`]),
    ].join(", "),
    state: status.state,
    isStale: status.isStale,
  };
}

export const NOT_FOUND_BADGE: BadgeText = {
  label: "mcp",
  message: "not found",
  title: "No endpoint of this name is watched",
  state: "not-found",
  isStale: false,
};

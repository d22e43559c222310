/**
 * How uptime is counted, the formula every surface links to:
 *
 *   uptime = (up + degraded + auth-walled minutes) / (all minutes − unknown − maintenance)
 *
 * A row of a verdict-minute stands for the minutes of its cadence; minutes that a later row stands for are taken from
 * it. A minute inside a committed outage counts as down unless a quorum of its regions said not-down; `unknown` stays
 * unknown, for or against nobody. Minutes before the endpoint was first watched do not exist.
 */
import { MINUTE_MS } from "./pipeline.ts";
import type { ProbeState } from "./states.ts";
import { unreachable } from "./unreachable.ts";

export interface MinuteCounts {
  readonly up: number;
  readonly degraded: number;
  readonly down: number;
  readonly authWalled: number;
  readonly unknown: number;
  readonly maintenance: number;
}

export const NO_MINUTES: MinuteCounts = {
  up: 0,
  degraded: 0,
  down: 0,
  authWalled: 0,
  unknown: 0,
  maintenance: 0,
};

/** One archived verdict-minute, as far as counting goes. */
export interface CountedMinute {
  /** Start of the minute. */
  readonly minuteAtMs: number;
  readonly state: ProbeState;
  readonly coversMinutes: number;
  readonly askedCount: number;
  /** Regions that said `up`, `degraded` or `auth_walled`. */
  readonly notDownCount: number;
}

/** Half-open; `toMs` null while it lasts. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number | null;
}

interface Overlay {
  /** Committed outages. */
  readonly downSpans: readonly Span[];
  readonly maintenanceSpans: readonly Span[];
  readonly firstWatchedAtMs: number;
}

/** Counts the minutes of rows sorted by time, one row per minute. */
export function countMinutes(rows: readonly CountedMinute[], overlay: Overlay): MinuteCounts {
  const counts: { -readonly [State in keyof MinuteCounts]: number } = { ...NO_MINUTES };
  for (const [index, row] of rows.entries()) {
    if (row.minuteAtMs + MINUTE_MS > overlay.firstWatchedAtMs) {
      counts[countedAs(row, overlay)] += minutesLeftTo(row, rows, index);
    }
  }
  return counts;
}

/** What a row still stands for after later rows took the minutes that they stand for; its own minute at least. */
function minutesLeftTo(row: CountedMinute, rows: readonly CountedMinute[], index: number): number {
  const endMs = row.minuteAtMs + row.coversMinutes * MINUTE_MS;
  let left = row.coversMinutes;
  for (let later = index + 1; later < rows.length; later += 1) {
    const next = rows[later] as CountedMinute;
    if (next.minuteAtMs >= endMs) {
      break;
    }
    left -= Math.min(next.coversMinutes, (endMs - next.minuteAtMs) / MINUTE_MS);
  }
  return Math.max(1, left);
}

function countedAs(row: CountedMinute, overlay: Overlay): keyof MinuteCounts {
  if (overlay.maintenanceSpans.some((span) => isInside(row.minuteAtMs, span))) {
    return "maintenance";
  }
  const isOutage =
    row.state !== "unknown" &&
    row.notDownCount < Math.min(2, row.askedCount) &&
    overlay.downSpans.some((span) => isInside(row.minuteAtMs, span));
  return isOutage ? "down" : countOfState(row.state);
}

/** A minute lies in a span when any part of it does: the first failure is inside the minute that it spoils. */
function isInside(minuteAtMs: number, span: Span): boolean {
  return span.fromMs < minuteAtMs + MINUTE_MS && (span.toMs === null || span.toMs > minuteAtMs);
}

function countOfState(state: ProbeState): keyof MinuteCounts {
  switch (state) {
    case "up":
    case "degraded":
    case "down":
    case "unknown":
      return state;
    case "auth_walled":
      return "authWalled";
    default:
      return unreachable(state);
  }
}

export function addMinutes(parts: readonly MinuteCounts[]): MinuteCounts {
  const sum = (key: keyof MinuteCounts) => parts.reduce((total, part) => total + part[key], 0);
  return {
    up: sum("up"),
    degraded: sum("degraded"),
    down: sum("down"),
    authWalled: sum("authWalled"),
    unknown: sum("unknown"),
    maintenance: sum("maintenance"),
  };
}

/** 0–1, and 1 only without a single down minute; null while nothing was measured. */
export function uptimeRatio(counts: MinuteCounts): number | null {
  const measured = measuredMinutes(counts);
  return measured === 0 ? null : (measured - counts.down) / measured;
}

/** Share of the measured time behind a login wall, 0–1: inside the uptime, and always told apart. */
export function authWalledShare(counts: MinuteCounts): number | null {
  const measured = measuredMinutes(counts);
  return measured === 0 ? null : counts.authWalled / measured;
}

/** Percent with two decimals, floored: 99.996 is 99.99, and 100 means 100. Null while nothing was measured. */
export function uptimePercent(counts: MinuteCounts): number | null {
  const measured = measuredMinutes(counts);
  // Whole numbers all the way to the floor: no ratio is a hair off its decimal.
  return measured === 0 ? null : Math.floor(((measured - counts.down) * 10_000) / measured) / 100;
}

function measuredMinutes(counts: MinuteCounts): number {
  return counts.up + counts.degraded + counts.down + counts.authWalled;
}

/** When digests are due. */
import { DAY_MS, instantAtOrAfter, localMsAt, weekdayOf } from "./local-time.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Between two digests to one sink lies at least so much, whatever they hold. */
export const DIGEST_EVERY_MS_MIN = 10 * MINUTE_MS;

export type HourlyDigestReason =
  | "hour_is_over"
  | "page_among_them"
  | "told_a_moment_ago"
  | "hour_goes_on"
  | "nothing_folded";

/**
 * Decides whether what was folded is told of now: once per clock hour, for the hours before it; at once, though at most
 * every ten minutes, when a page is among it.
 */
export function decideHourlyDigest(
  folded: {
    /** The oldest that no digest tells of; null: there is none. */
    readonly oldestAtMs: number | null;
    /** A page of a P1 incident is among it that nobody heard of otherwise. */
    readonly hasPage: boolean;
    /** The last hourly digest of this tenant; null: never. */
    readonly lastDigestAtMs: number | null;
  },
  nowMs: number,
): { readonly isDue: boolean; readonly reason: HourlyDigestReason } {
  if (folded.oldestAtMs === null) {
    return { isDue: false, reason: "nothing_folded" };
  }
  const sinceLastMs =
    folded.lastDigestAtMs === null ? Number.POSITIVE_INFINITY : nowMs - folded.lastDigestAtMs;
  if (sinceLastMs < DIGEST_EVERY_MS_MIN) {
    return { isDue: false, reason: "told_a_moment_ago" };
  }
  if (folded.hasPage) {
    return { isDue: true, reason: "page_among_them" };
  }
  const hourStartMs = nowMs - (nowMs % HOUR_MS);
  return folded.oldestAtMs < hourStartMs && (folded.lastDigestAtMs ?? 0) < hourStartMs
    ? { isDue: true, reason: "hour_is_over" }
    : { isDue: false, reason: "hour_goes_on" };
}

const WEEKLY_HOUR = 8;

/**
 * The last Monday 08:00 in that time zone at or before `nowMs`. A time that a change of the clocks skips is the first one
 * after it; one that it repeats is the first of the two. Throws RangeError on a zone that nobody knows.
 */
export function lastWeeklyDigestAtMs(nowMs: number, timeZone: string): number {
  const localMs = localMsAt(nowMs, timeZone);
  const mondayMs = Math.floor(localMs / DAY_MS) * DAY_MS - (weekdayOf(localMs) - 1) * DAY_MS;
  const thisWeekMs = instantAtOrAfter(mondayMs + WEEKLY_HOUR * HOUR_MS, timeZone);
  return thisWeekMs <= nowMs
    ? thisWeekMs
    : instantAtOrAfter(mondayMs - 7 * DAY_MS + WEEKLY_HOUR * HOUR_MS, timeZone);
}

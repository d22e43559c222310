/** When digests are due. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** An urgent digest, one that holds a page, comes at most so often. */
export const URGENT_DIGEST_EVERY_MS = 10 * MINUTE_MS;

export type HourlyDigestReason = "hour_is_over" | "page_among_them" | "hour_goes_on" | "nothing_folded";

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
  if (folded.hasPage && sinceLastMs >= URGENT_DIGEST_EVERY_MS) {
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
  for (let daysBack = 0; daysBack <= 8; daysBack += 1) {
    const day = localDay(nowMs - daysBack * DAY_MS, timeZone);
    const dueAtMs = day.weekday === "Mon" ? localHourAtMs(day, timeZone) : null;
    if (dueAtMs !== null && dueAtMs <= nowMs) {
      return dueAtMs;
    }
  }
  throw new RangeError("nine days hold a Monday");
}

interface LocalDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: string;
}

function localDay(atMs: number, timeZone: string): LocalDay {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    weekday: "short",
  }).formatToParts(new Date(atMs));
  const read = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return {
    year: Number(read("year")),
    month: Number(read("month")),
    day: Number(read("day")),
    weekday: read("weekday"),
  };
}

/** The first instant of that local day at which its clocks show 08:00 or later. Zones differ from UTC by quarters of an hour. */
function localHourAtMs(day: LocalDay, timeZone: string): number {
  const guessMs = Date.UTC(day.year, day.month - 1, day.day, WEEKLY_HOUR);
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    day: "numeric",
    hour: "numeric",
  });
  const isReached = (atMs: number) => {
    const parts = clock.formatToParts(new Date(atMs));
    const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
    return read("day") === day.day && read("hour") >= WEEKLY_HOUR;
  };
  for (let atMs = guessMs - 15 * HOUR_MS; atMs <= guessMs + 15 * HOUR_MS; atMs += 15 * MINUTE_MS) {
    if (isReached(atMs)) {
      return atMs;
    }
  }
  throw new RangeError("a day has an hour after eight");
}

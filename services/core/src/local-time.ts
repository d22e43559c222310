/**
 * Wall-clock time in an IANA time zone, by Intl alone. A local time is written as the epoch milliseconds it would have
 * in UTC ("local ms"), so that days and weekdays are plain arithmetic.
 */

const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** Zones whose formatter is kept: building one costs fifty times more than using it. */
const FORMATTERS_MAX = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether it is a name of the time zone database; offsets such as +01:00 are not, for they know no summer. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]{1,30}(?:[/_+-][A-Za-z0-9_+-]{1,30}){0,3}$/.test(zone)) {
    return false;
  }
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The local ms that a clock on the wall shows at an instant. */
export function localMsAt(atMs: number, zone: string): number {
  const wholeSecond = Math.floor(atMs / 1_000) * 1_000;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(wholeSecond)) {
    parts[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (atMs - wholeSecond);
}

/** Instants at which the clock shows that local ms, ascending: two when it is turned back over it, none when forward. */
export function instantsOf(localMs: number, zone: string): readonly number[] {
  const offsets = [localMs - DAY_MS, localMs + DAY_MS].map((nearMs) => localMsAt(nearMs, zone) - nearMs);
  const candidates = [...new Set(offsets)].map((offsetMs) => localMs - offsetMs);
  return candidates.filter((atMs) => localMsAt(atMs, zone) === localMs).sort((a, b) => a - b);
}

/** The first instant at which the clock shows that local ms or, when it skips it, a later one. */
export function instantAtOrAfter(localMs: number, zone: string): number {
  const [first] = instantsOf(localMs, zone);
  if (first !== undefined) {
    return first;
  }
  // Skipped. No zone is a day away from UTC, so the clock is turned forward between these two.
  let [beforeMs, afterMs] = [localMs - DAY_MS, localMs + DAY_MS];
  while (afterMs - beforeMs > 1) {
    const middleMs = Math.floor((beforeMs + afterMs) / 2);
    if (localMsAt(middleMs, zone) < localMs) {
      beforeMs = middleMs;
    } else {
      afterMs = middleMs;
    }
  }
  return afterMs;
}

/** 1 Monday to 7 Sunday (ISO 8601). */
export const weekdayOf = (localMs: number): number => ((Math.floor(localMs / DAY_MS) + 3) % 7) + 1;

export const minuteOfDay = (localMs: number): number =>
  Math.floor((((localMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);

function formatterOf(zone: string): Intl.DateTimeFormat {
  const kept = formatters.get(zone);
  if (kept) {
    return kept;
  }
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (formatters.size >= FORMATTERS_MAX) {
    formatters.clear();
  }
  formatters.set(zone, formatter);
  return formatter;
}

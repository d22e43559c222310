/** Hours of the week in a time zone, as in "Monday to Friday, 09:00 to 17:00, Berlin". */
import { z } from "zod";
import {
  DAY_MS,
  instantAtOrAfter,
  instantsOf,
  isTimeZone,
  localMsAt,
  minuteOfDay,
  weekdayOf,
} from "./local-time.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const RANGES_MAX = 50;

export const timeZoneSchema = z
  .string({ error: "Give a time zone." })
  .max(60)
  .refine(isTimeZone, "Give a time zone by its name, such as Europe/Berlin or UTC.");

export const weekdaysSchema = z
  .array(z.int().min(1).max(7), { error: "Days are numbers from 1, Monday, to 7, Sunday." })
  .min(1, "Choose at least one day.")
  .max(7)
  .transform((days): readonly number[] => [...new Set(days)].sort((a, b) => a - b));

/** Minutes of the day from a clock time. */
export const clockSchema = z
  .string({ error: "Give a time such as 09:30." })
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "Give a time from 00:00 to 23:59, such as 09:30.");

export const weeklyHoursSchema = z.strictObject({
  timeZone: timeZoneSchema,
  /** A range whose end is not after its beginning goes on into the next day; equal ends are a whole day. */
  ranges: z
    .array(z.strictObject({ days: weekdaysSchema, from: clockSchema, to: clockSchema }))
    .min(1, "Give at least one range of hours.")
    .max(RANGES_MAX)
    .readonly(),
});
export type WeeklyHours = Readonly<z.infer<typeof weeklyHoursSchema>>;

export const clockMinutes = (clock: string): number =>
  Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/**
 * Whether the clock on the wall is within the hours. It decides by what the clock shows: hours that it skips in spring
 * are not there, hours that it shows twice in autumn count twice.
 */
export function isWithinHours(hours: WeeklyHours, atMs: number): boolean {
  const localMs = localMsAt(atMs, hours.timeZone);
  const today = weekdayOf(localMs);
  const yesterday = ((today + 5) % 7) + 1;
  const minute = minuteOfDay(localMs);
  return hours.ranges.some(({ days, from, to }) => {
    const [fromMinute, toMinute] = [clockMinutes(from), clockMinutes(to)];
    return toMinute > fromMinute
      ? days.includes(today) && minute >= fromMinute && minute < toMinute
      : (days.includes(today) && minute >= fromMinute) || (days.includes(yesterday) && minute < toMinute);
  });
}

/** The next instant after `atMs` at which the hours begin or end; null when they are all the week. */
export function nextHoursChangeMs(hours: WeeklyHours, atMs: number): number | null {
  const isWithin = isWithinHours(hours, atMs);
  const midnight = Math.floor(localMsAt(atMs, hours.timeZone) / DAY_MS) * DAY_MS;
  const edges = new Set(hours.ranges.flatMap(({ from, to }) => [clockMinutes(from), clockMinutes(to)]));
  const instants: number[] = [];
  for (let day = -1; day <= 8; day += 1) {
    for (const minute of [...edges, DAY_MINUTES]) {
      const localMs = midnight + day * DAY_MS + minute * MINUTE_MS;
      instants.push(instantAtOrAfter(localMs, hours.timeZone), ...instantsOf(localMs, hours.timeZone));
    }
  }
  instants.push(...clockChanges(atMs, atMs + 9 * DAY_MS, hours.timeZone));
  const later = instants.filter((instant) => instant > atMs).sort((a, b) => a - b);
  return later.find((instant) => isWithinHours(hours, instant) !== isWithin) ?? null;
}

/** Instants between the two at which the clock is turned. */
function clockChanges(fromMs: number, toMs: number, zone: string): readonly number[] {
  const offsetAt = (atMs: number) => localMsAt(atMs, zone) - atMs;
  const changes: number[] = [];
  for (let dayMs = fromMs; dayMs < toMs; dayMs += DAY_MS) {
    let [beforeMs, afterMs] = [dayMs, Math.min(dayMs + DAY_MS, toMs)];
    const offset = offsetAt(beforeMs);
    if (offsetAt(afterMs) === offset) {
      continue;
    }
    while (afterMs - beforeMs > 1) {
      const middleMs = Math.floor((beforeMs + afterMs) / 2);
      if (offsetAt(middleMs) === offset) {
        beforeMs = middleMs;
      } else {
        afterMs = middleMs;
      }
    }
    changes.push(afterMs);
  }
  return changes;
}

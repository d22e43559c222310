/** Announced maintenance: once, or every week. It mutes what it covers and does not count against uptime. */
import { z } from "zod";
import { type AlertScope, alertScopeSchema, isInScope, type ScopedEndpoint } from "./alert-rule.ts";
import { DAY_MS, instantAtOrAfter, localMsAt, weekdayOf } from "./local-time.ts";
import { clockMinutes, clockSchema, timeZoneSchema, weekdaysSchema } from "./weekly-hours.ts";

const MINUTE_MS = 60_000;
export const MAINTENANCE_MS_MAX = 7 * DAY_MS;
const RECURRING_MINUTES_MAX = 1_440;
/** Windows that run into each other are followed this far. */
const CHAIN_MAX = 1_000;

/**
 * Every week on these days at this time of the zone, for so many minutes by the stopwatch. A start that the clock skips
 * is the moment it is turned forward; one that it shows twice is the first.
 */
export const recurrenceSchema = z.strictObject({
  timeZone: timeZoneSchema,
  weekdays: weekdaysSchema,
  start: clockSchema,
  durationMinutes: z
    .int({ error: "Give whole minutes." })
    .min(1, "Maintenance takes at least a minute.")
    .max(RECURRING_MINUTES_MAX, "Recurring maintenance takes at most 24 hours."),
  /** No occurrence starts after this; null: for ever. */
  untilMs: z.int().nonnegative().nullable().default(null),
});
export type MaintenanceRecurrence = Readonly<z.infer<typeof recurrenceSchema>>;

export interface MaintenanceWindow {
  readonly id: string;
  readonly scope: AlertScope;
  /** The first, or only, time. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** Null: once. */
  readonly recurrence: MaintenanceRecurrence | null;
  readonly cancelledAtMs: number | null;
}

export interface Occurrence {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** The columns of a stored window; null when they cannot be read: such a window mutes nothing. */
export function readMaintenanceWindow(
  stored: Omit<MaintenanceWindow, "scope" | "recurrence"> & {
    readonly scope: unknown;
    readonly recurrence: unknown;
  },
): MaintenanceWindow | null {
  const scope = alertScopeSchema.safeParse(stored.scope);
  const recurrence = recurrenceSchema.nullable().safeParse(stored.recurrence);
  return scope.success && recurrence.success
    ? { ...stored, scope: scope.data, recurrence: recurrence.data }
    : null;
}

/**
 * Occurrences that touch the time from `fromMs` to before `toMs`, ascending, at most `countMax`. A window that was
 * cancelled ends at that instant.
 */
export function occurrencesBetween(
  window: MaintenanceWindow,
  fromMs: number,
  toMs: number,
  countMax = 500,
): readonly Occurrence[] {
  const { startsAtMs, endsAtMs, cancelledAtMs } = window;
  const endMs = cancelledAtMs ?? Infinity;
  const occurrences = [{ startsAtMs, endsAtMs }, ...recurrencesBetween(window, fromMs, toMs)];
  return occurrences
    .map((one) => ({ ...one, endsAtMs: Math.min(one.endsAtMs, endMs) }))
    .filter((one) => one.startsAtMs < one.endsAtMs && one.startsAtMs < toMs && one.endsAtMs > fromMs)
    .slice(0, countMax);
}

function recurrencesBetween(window: MaintenanceWindow, fromMs: number, toMs: number): readonly Occurrence[] {
  const { recurrence, startsAtMs: firstMs } = window;
  if (recurrence === null) {
    return [];
  }
  const { timeZone, weekdays, start, durationMinutes, untilMs } = recurrence;
  const sinceMs = Math.max(fromMs - durationMinutes * MINUTE_MS, firstMs);
  const lastMs = Math.min(toMs, untilMs ?? Infinity);
  const occurrences: Occurrence[] = [];
  let day = Math.floor(localMsAt(sinceMs, timeZone) / DAY_MS) * DAY_MS - DAY_MS;
  for (; day <= lastMs + DAY_MS; day += DAY_MS) {
    if (!weekdays.includes(weekdayOf(day))) {
      continue;
    }
    const startsAtMs = instantAtOrAfter(day + clockMinutes(start) * MINUTE_MS, timeZone);
    if (startsAtMs > firstMs && startsAtMs <= lastMs) {
      occurrences.push({ startsAtMs, endsAtMs: startsAtMs + durationMinutes * MINUTE_MS });
    }
  }
  return occurrences;
}

/** The window that mutes the endpoint at that instant; null when none does. Its start is in it, its end is not. */
export function isMutedAt(
  windows: readonly MaintenanceWindow[],
  endpoint: ScopedEndpoint,
  atMs: number,
): MaintenanceWindow | null {
  return (
    windows.find(
      (window) =>
        isInScope(window.scope, endpoint) && occurrencesBetween(window, atMs, atMs + 1, 1).length > 0,
    ) ?? null
  );
}

/** When no window mutes the endpoint any more, those that run into each other taken together; null when none does now. */
export function nextEndsAt(
  windows: readonly MaintenanceWindow[],
  endpoint: ScopedEndpoint,
  atMs: number,
): number | null {
  const own = windows.filter(({ scope }) => isInScope(scope, endpoint));
  let endsAtMs = atMs;
  for (let n = 0; n < CHAIN_MAX; n += 1) {
    const ends = own.flatMap((window) =>
      occurrencesBetween(window, endsAtMs, endsAtMs + 1).map((one) => one.endsAtMs),
    );
    const latestMs = Math.max(endsAtMs, ...ends);
    if (latestMs === endsAtMs) {
      break;
    }
    endsAtMs = latestMs;
  }
  return endsAtMs === atMs ? null : endsAtMs;
}

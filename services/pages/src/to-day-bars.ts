const DAY_MS = 86_400_000;

/** The sums of one UTC day, in minutes. */
export interface DaySums {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  readonly upMinutes: number;
  readonly degradedMinutes: number;
  readonly downMinutes: number;
  readonly authWalledMinutes: number;
  readonly unknownMinutes: number;
}

export type DayBar =
  | { readonly kind: "before"; readonly dayAtMs: number }
  | { readonly kind: "unmeasured"; readonly dayAtMs: number }
  | {
      readonly kind: "measured";
      readonly dayAtMs: number;
      readonly uptimeRatio: number;
      /** Minutes that count: all but unknown and maintenance. */
      readonly countedMinutes: number;
      readonly downMinutes: number;
      readonly degradedMinutes: number;
      readonly unknownMinutes: number;
    };

/** One bar per UTC day up to today; a day without row is not measured, or lies before the endpoint was watched. */
export function toDayBars(
  rows: readonly DaySums[],
  days: number,
  watchedSinceMs: number,
  nowMs: number,
): DayBar[] {
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const today = Math.floor(nowMs / DAY_MS);
  return Array.from({ length: days }, (_, index) => {
    const dayAtMs = (today - days + 1 + index) * DAY_MS;
    const row = byDay.get(new Date(dayAtMs).toISOString().slice(0, 10));
    if (row === undefined) {
      return { kind: dayAtMs + DAY_MS <= watchedSinceMs ? "before" : "unmeasured", dayAtMs };
    }
    const upMinutes = row.upMinutes + row.degradedMinutes + row.authWalledMinutes;
    const countedMinutes = upMinutes + row.downMinutes;
    if (countedMinutes === 0) {
      return { kind: "unmeasured", dayAtMs };
    }
    return {
      kind: "measured",
      dayAtMs,
      uptimeRatio: upMinutes / countedMinutes,
      countedMinutes,
      downMinutes: row.downMinutes,
      degradedMinutes: row.degradedMinutes,
      unknownMinutes: row.unknownMinutes,
    };
  });
}

import type { WeeklyHours } from "@alivemcp/core/weekly-hours";
import { joined } from "./scope-words.ts";

export const DAY_NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** "Mon–Fri 08:00–18:00 and Sat 10:00–14:00 Europe/Berlin". */
export const hoursWords = ({ timeZone, ranges }: WeeklyHours): string =>
  `${joined(
    ranges.map(({ days, from, to }) => `${dayWords(days)} ${from === to ? "all day" : `${from}–${to}`}`),
    "and",
  )} ${timeZone}`;

/** "every day", "Mon–Fri", "Mon, Wed and Fri": three or more days in a row are a span. 1 is Monday; ascending. */
export function dayWords(days: readonly number[]): string {
  if (days.length === DAY_NAMES.length) {
    return "every day";
  }
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) {
      run.push(day);
    } else {
      runs.push([day]);
    }
  }
  const nameOf = (day: number | undefined) => DAY_NAMES[(day ?? 1) - 1] ?? "";
  return joined(
    runs.flatMap((run) => (run.length > 2 ? [`${nameOf(run[0])}–${nameOf(run.at(-1))}`] : run.map(nameOf))),
    "and",
  );
}

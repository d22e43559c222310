import type { UpcomingMaintenance } from "@alivemcp/actions/maintenance/list-maintenance";
import { alertScopeSchema } from "@alivemcp/core/alert-rule";
import { recurrenceSchema } from "@alivemcp/core/maintenance";
import type { MaintenanceWindowRow } from "@alivemcp/db/queries/maintenance-windows";
import { spanText } from "@alivemcp/pages/figures";
import { dayWords } from "../rules/hours-words.ts";
import { toScopeLine } from "../rules/scope-fields.ts";
import type { WindowLine } from "./maintenance-view.ts";

interface Times {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** What runs, what comes (the next time of each window), and what is over. */
export function toWindowLists(input: {
  readonly all: readonly MaintenanceWindowRow[];
  readonly upcoming: readonly UpcomingMaintenance[];
  readonly endpoints: readonly { readonly id: string; readonly name: string }[];
  readonly nowMs: number;
}): Readonly<Record<"running" | "upcoming" | "past", readonly WindowLine[]>> {
  const { all, endpoints, nowMs } = input;
  const line = (row: MaintenanceWindowRow, times: Times) => toWindowLine(row, times, endpoints);
  const running = input.upcoming.filter(({ startsAtMs }) => startsAtMs <= nowMs);
  const next = new Map<string, UpcomingMaintenance>();
  for (const one of input.upcoming.filter(({ startsAtMs }) => startsAtMs > nowMs)) {
    if (!next.has(one.window.id)) {
      next.set(one.window.id, one);
    }
  }
  const live = new Set(input.upcoming.map(({ window }) => window.id));
  // Those that begin later than the list looks ahead are to come all the same.
  const far = all.filter(
    ({ id, startsAt, cancelledAt }) => !live.has(id) && cancelledAt === null && startsAt.getTime() > nowMs,
  );
  const past = all.filter((row) => !live.has(row.id) && !far.includes(row));
  return {
    running: running.map((one) => line(one.window, one)),
    upcoming: [
      ...[...next.values()].map((one) => line(one.window, one)),
      ...far.map((row) => line(row, firstTimes(row))),
    ],
    past: past.map((row) => line(row, firstTimes(row))),
  };
}

const firstTimes = ({ startsAt, endsAt, cancelledAt }: MaintenanceWindowRow): Times => ({
  startsAtMs: startsAt.getTime(),
  endsAtMs:
    cancelledAt !== null && cancelledAt > startsAt && cancelledAt < endsAt
      ? cancelledAt.getTime()
      : endsAt.getTime(),
});

function toWindowLine(
  row: MaintenanceWindowRow,
  { startsAtMs, endsAtMs }: Times,
  endpoints: readonly { readonly id: string; readonly name: string }[],
): WindowLine {
  const scope = alertScopeSchema.safeParse(row.scope);
  const recurrence = recurrenceSchema.safeParse(row.recurrence);
  return {
    id: row.id,
    name: row.name,
    scope: toScopeLine(scope.data ?? { kind: "some", endpointIds: [], tags: [], groups: [] }, { endpoints }),
    note: row.note,
    isPublic: row.isPublic,
    recurrence:
      recurrence.data === undefined
        ? null
        : `${dayWords(recurrence.data.weekdays)} at ${recurrence.data.start} ${recurrence.data.timeZone} for ${spanText(recurrence.data.durationMinutes * 60_000)}`,
    fromMs: startsAtMs,
    untilMs: endsAtMs,
    isCancelled: row.cancelledAt !== null,
  };
}

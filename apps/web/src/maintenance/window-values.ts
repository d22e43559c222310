import { type MaintenanceInput, maintenanceSchema } from "@alivemcp/actions/maintenance/maintenance-input";
import { instantAtOrAfter, isTimeZone, localMsAt, weekdayOf } from "@alivemcp/core/local-time";
import type { PostedLists } from "../forms/posted-lists.ts";
import type { FormReading } from "../forms/read-form.ts";
import { ALL_ENDPOINTS, postedScope, type ScopeValues, scopeOf } from "../rules/scope-fields.ts";

const MINUTE_MS = 60_000;

/** Minutes that a window may take, as the form offers them. */
export const WINDOW_LENGTHS: readonly (readonly [minutes: string, label: string])[] = [
  ["15", "15 minutes"],
  ["30", "30 minutes"],
  ["60", "1 hour"],
  ["120", "2 hours"],
  ["240", "4 hours"],
  ["480", "8 hours"],
  ["1440", "1 day"],
  ["4320", "3 days (once only)"],
  ["10080", "7 days (once only)"],
];

/** What the form of a window shows, as it was typed. */
export interface WindowValues {
  readonly name: string;
  /** As `datetime-local` has it, in the zone; empty: now. */
  readonly from: string;
  readonly minutes: string;
  readonly zone: string;
  readonly isWeekly: boolean;
  /** 1 is Monday. */
  readonly days: readonly string[];
  readonly scope: ScopeValues;
  readonly isPublic: boolean;
  readonly note: string;
}

export const FRESH_WINDOW: WindowValues = {
  name: "",
  from: "",
  minutes: "60",
  zone: "UTC",
  isWeekly: false,
  days: [],
  scope: ALL_ENDPOINTS,
  isPublic: true,
  note: "",
};

export const postedWindow = (form: PostedLists): WindowValues => ({
  name: form.one("name"),
  from: form.one("from"),
  minutes: form.one("minutes"),
  zone: form.one("zone"),
  isWeekly: form.one("repeat") === "weekly",
  days: form.all("days"),
  scope: postedScope(form),
  isPublic: form.one("public") !== "",
  note: form.one("note"),
});

/** Fields of the form by the words of core and of the verbs. */
export const WINDOW_FIELDS: Readonly<Record<string, string>> = {
  starts_at: "from",
  ends_at: "from",
  startsAtMs: "from",
  endsAtMs: "from",
  recurrence: "days",
  "scope.endpoint_ids": "scope",
};

/** The window as verbs take it, or what is wrong with it beside the fields. */
export function readWindow(values: WindowValues, nowMs: number): FormReading<MaintenanceInput> {
  const { zone, minutes, note } = values;
  if (!isTimeZone(zone)) {
    return { kind: "refused", problems: { zone: "Choose a time zone." } };
  }
  const localMs = values.from === "" ? localMsAt(nowMs, zone) : localMsOf(values.from);
  if (localMs === null) {
    return { kind: "refused", problems: { from: "Give a date and a time, or leave it empty for now." } };
  }
  const durationMinutes = WINDOW_LENGTHS.some(([offered]) => offered === minutes) ? Number(minutes) : 0;
  const startsAtMs = values.from === "" ? nowMs : instantAtOrAfter(localMs, zone);
  const parsed = maintenanceSchema.safeParse({
    name: values.name,
    scope: scopeOf(values.scope),
    startsAtMs,
    endsAtMs: startsAtMs + durationMinutes * MINUTE_MS,
    recurrence: values.isWeekly ? recurrenceOf(values, { localMs, durationMinutes }) : null,
    isPublic: values.isPublic,
    note: note.trim() === "" ? null : note,
  });
  if (parsed.success) {
    return { kind: "ok", values: parsed.data };
  }
  const problems: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    const [first = "form", second] = path.map(String);
    const field = second === "durationMinutes" ? "minutes" : (WINDOW_FIELDS[first] ?? first);
    problems[field] ??= message;
  }
  return { kind: "refused", problems };
}

/** Without a day of the week it is the one on which the first time begins. */
function recurrenceOf(
  { zone, days }: WindowValues,
  { localMs, durationMinutes }: { readonly localMs: number; readonly durationMinutes: number },
) {
  return {
    timeZone: zone,
    weekdays: days.length === 0 ? [weekdayOf(localMs)] : days.map(Number),
    start: new Date(localMs).toISOString().slice(11, 16),
    durationMinutes,
  };
}

/** What the clock on the wall shows, counted as if it were UTC; null for what is no date. */
function localMsOf(text: string): number | null {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

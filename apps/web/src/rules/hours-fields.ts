import type { WeeklyHours } from "@alivemcp/core/weekly-hours";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { PostedLists } from "../forms/posted-lists.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { DAY_NAMES } from "./hours-words.ts";
import { zoneField } from "./zone-field.ts";

/** Most rows that the form offers; more can be had through the API. */
const ROWS_MAX = 7;
type Range = WeeklyHours["ranges"][number];
const FRESH_RANGE: Range = { days: [], from: "09:00", to: "18:00" };

/** What was chosen or typed for "when". */
export interface HoursValues {
  readonly isAlways: boolean;
  readonly zone: string;
  readonly ranges: readonly Range[];
}

/** At which hours: always, or at times of the week in a zone. */
export function hoursFields(values: HoursValues, problems: FormProblems): Html {
  const problem = problems.hours;
  const ranges = values.ranges.length === 0 ? [FRESH_RANGE] : values.ranges;
  return html`<fieldset id="hours"${problem === undefined ? "" : html` aria-describedby="hours-problem"`}><legend>When</legend>
${problem === undefined ? "" : html`<p class="problem" id="hours-problem" role="alert">${problem}</p>`}
${way("always", "Always", values.isAlways)}${way("hours", "Only at these times", !values.isAlways)}
${ranges.map((range, index) => rangeRow(range, index + 1))}
<p class="hint">An end that is not after its beginning is on the next day. A row without a day counts for nothing.</p>
<div class="columns">${ranges.length < ROWS_MAX ? html`<p><button class="quiet" type="submit" name="step" value="add-hours">Add a time</button></p>` : ""}${zoneField(values.zone, problems)}</div></fieldset>`;
}

const way = (value: string, label: string, isChosen: boolean): Html =>
  html`<label class="check"><input type="radio" name="when" value="${value}"${isChosen ? html` checked` : ""}> <span>${label}</span></label>`;

const rangeRow = ({ days, from, to }: Range, n: number): Html =>
  html`<div class="range" role="group" aria-label="Time ${n}"><div class="days-row">${DAY_NAMES.map(
    (name, index) =>
      html`<label class="check"><input type="checkbox" name="days-${n}" value="${index + 1}"${days.includes(index + 1) ? html` checked` : ""}> <span>${name}</span></label>`,
  )}</div><label><span>From</span><input type="time" name="from-${n}" value="${from}"></label><label><span>To</span><input type="time" name="to-${n}" value="${to}"></label></div>`;

/** What was posted, with one more row when the person asked for it. */
export function postedHours(form: PostedLists): HoursValues {
  const ranges = Array.from({ length: ROWS_MAX }, (_, index) => index + 1)
    .filter((n) => form.one(`from-${n}`) !== "" || form.all(`days-${n}`).length > 0)
    .map((n) => ({
      days: form
        .all(`days-${n}`)
        .map(Number)
        .filter((day) => day >= 1 && day <= DAY_NAMES.length),
      from: form.one(`from-${n}`),
      to: form.one(`to-${n}`),
    }));
  const isAsked = form.one("step") === "add-hours";
  return {
    isAlways: form.one("when") !== "hours" && !isAsked,
    zone: form.one("zone"),
    ranges: isAsked ? [...ranges, FRESH_RANGE].slice(0, ROWS_MAX) : ranges,
  };
}

/** As verbs take it; null: always. `weeklyHoursSchema` judges it. */
export const hoursOf = ({ isAlways, zone, ranges }: HoursValues): WeeklyHours | null =>
  isAlways ? null : { timeZone: zone, ranges: ranges.filter(({ days }) => days.length > 0) };

/** Stored hours as the form shows them; `zone` is offered where there are none. */
export const hoursValues = (hours: WeeklyHours | null, zone: string): HoursValues =>
  hours === null
    ? { isAlways: true, zone, ranges: [] }
    : { isAlways: false, zone: hours.timeZone, ranges: hours.ranges };

import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { areaField, checkField, selectField, textField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { DAY_NAMES } from "../rules/hours-words.ts";
import { box } from "../rules/rule-form-view.ts";
import { type ScopeChoices, scopeFields } from "../rules/scope-fields.ts";
import { zoneField } from "../rules/zone-field.ts";
import { formProblem } from "../views/form-field.ts";
import type { WebContext } from "../web-env.ts";
import { WINDOW_LENGTHS, type WindowValues } from "./window-values.ts";

/** One form for windows that take place once and for those of every week. */
export function maintenanceFormView(
  c: WebContext,
  model: {
    readonly values: WindowValues;
    readonly choices: ScopeChoices;
    readonly problems: FormProblems;
    readonly base: string;
  },
): Html {
  const { values, choices, problems, base } = model;
  return html`<p class="crumb"><a href="${base}/maintenance">Maintenance</a></p><h1>Plan a window</h1>
${formProblem(problems.form)}
<form class="endpoint-form" method="post" action="${base}/maintenance/new">${csrfField(c)}
${textField({ name: "name", label: "Name", value: values.name, maxlength: 100, isRequired: true, hint: "Such as “Database upgrade”. Public pages show it." }, problems)}
${dateField(values.from, problems)}
<div class="columns">${selectField({ name: "minutes", label: "Takes", value: values.minutes, options: WINDOW_LENGTHS }, problems)}${zoneField(values.zone, problems)}</div>
<fieldset id="repeat"><legend>How often</legend>${problems.days === undefined ? "" : html`<p class="problem" id="days" role="alert">${problems.days}</p>`}
${radio("once", "Once", !values.isWeekly)}${radio("weekly", "Every week, from then on", values.isWeekly)}
<div class="boxes" role="group" aria-label="Days of the week">${DAY_NAMES.map((name, index) => box("days", String(index + 1), name, values.days))}</div>
<p class="hint">Without a day of the week it is the one on which it begins. A weekly window keeps its hour on the clock of its zone through daylight saving.</p></fieldset>
${scopeFields(values.scope, choices, problems)}
${checkField({ name: "public", label: "Announce it on the public pages of these endpoints", isChecked: values.isPublic }, problems)}
${areaField({ name: "note", label: "Note (optional)", value: values.note, rows: 2, maxlength: 1_000 }, problems)}
<p class="row"><button type="submit">Plan it</button><a class="button quiet" href="${base}/maintenance">Cancel</a></p></form>`;
}

const radio = (value: string, label: string, isChosen: boolean): Html =>
  html`<label class="check"><input type="radio" name="repeat" value="${value}"${isChosen ? html` checked` : ""}> <span>${label}</span></label>`;

function dateField(value: string, problems: FormProblems): Html {
  const problem = problems.from;
  return html`<div class="field"><label for="from"><span>Begins, on the clock of the zone below (empty: now)</span></label><input id="from" name="from" type="datetime-local" value="${value}"${problem === undefined ? "" : html` aria-invalid="true" aria-describedby="from-problem"`}>${problem === undefined ? "" : html`<p class="problem" id="from-problem">${problem}</p>`}</div>`;
}

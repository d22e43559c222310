import { PLANS, type Plan } from "@alivemcp/core/plans";
import { cadenceText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";
import { areaField, checkField, selectField, textField } from "./fields.ts";
import type { FieldProblems } from "./form-body.ts";
import type { EndpointFormValues } from "./form-values.ts";

export interface FieldsModel {
  readonly values: EndpointFormValues;
  readonly problems: FieldProblems;
  readonly regions: readonly { readonly id: string; readonly city: string }[];
  readonly plan: Plan;
  /** Whether the public board is open to it: proven to be the workspace's own. */
  readonly mayBePublic: boolean;
}

/** Cadences that divide a day and that people choose. */
const CADENCES_S = [30, 60, 120, 300, 600, 900, 1_800, 3_600, 21_600, 86_400] as const;
const TRANSPORT_OPTIONS = [
  ["auto", "Find out (recommended)"],
  ["http", "Streamable HTTP"],
  ["sse", "HTTP with SSE (2024-11-05)"],
] as const;
const HEALTH_OPTIONS = [
  ["auto", "Call health_check if the server lists it and it needs no arguments"],
  ["named", "Call the tool named below"],
  ["never", "Call no tool"],
] as const;
const ASSERTION_KINDS = [
  ["equals", "equals"],
  ["contains", "contains"],
  ["matches", "matches pattern"],
  ["less-than", "is less than"],
] as const;

export function visibilityField({ values, problems, plan, mayBePublic }: FieldsModel): Html {
  const options = [
    ...(mayBePublic ? [["public", "Public: on the board, for everybody"] as const] : []),
    ["unlisted", "Unlisted: page and badge for who has the link"] as const,
    ...(plan.privateEndpointsMax > 0 || values.visibility === "private"
      ? [["private", "Private: nothing without signing in; may have a credential"] as const]
      : []),
  ];
  return selectField(
    {
      name: "visibility",
      label: "Who may see it",
      value: values.visibility,
      options,
      ...(plan.privateEndpointsMax === 0
        ? { hint: `Private endpoints begin with the plan ${firstPrivatePlan()}.` }
        : {}),
    },
    problems,
  );
}

const firstPrivatePlan = () => Object.values(PLANS).find((plan) => plan.privateEndpointsMax > 0)?.name ?? "";

/** How often, from where, over what. */
export function probingFields(model: FieldsModel): Html {
  const { values, problems, plan, regions } = model;
  const cadences = CADENCES_S.filter((cadenceS) => cadenceS >= plan.cadenceSMin).map(String);
  const offered =
    values.cadence_s === "" || cadences.includes(values.cadence_s)
      ? cadences
      : [values.cadence_s, ...cadences];
  const chosen = values.cadence_s === "" ? String(Math.max(60, plan.cadenceSMin)) : values.cadence_s;
  return html`${selectField({ name: "transport", label: "Transport", value: values.transport, options: TRANSPORT_OPTIONS }, problems)}
${selectField(
  {
    name: "cadence_s",
    label: "Probed",
    value: chosen,
    options: offered.map(
      (text) => [text, /^\d+$/.test(text) ? cadenceText(Number(text) * 1_000) : text] as const,
    ),
    hint: `The plan ${plan.name} allows one probe every ${plan.cadenceSMin} seconds.`,
  },
  problems,
)}
<fieldset class="field" id="regions"><legend>Regions</legend>${regions.map(
    ({ id, city }) =>
      html`<label class="check"><input type="checkbox" name="regions" value="${id}"${
        values.regions.includes(id) ? html` checked` : ""
      }> <span>${city}</span></label> `,
  )}
${problems.regions === undefined ? "" : html`<p class="problem">${problems.regions}</p>`}
<p class="hint">None chosen: all of them. Two regions must agree before an endpoint is called down.</p></fieldset>
${textField(
  {
    name: "confirmation_period_s",
    label: "Confirmation period, seconds",
    type: "number",
    value: values.confirmation_period_s,
    hint: "0 to 600. A failure is called an outage when a second look this much later still finds it.",
  },
  problems,
)}`;
}

/** What counts as sick. */
export function thresholdFields({ values, problems }: FieldsModel): Html {
  return html`<div class="columns">
${textField({ name: "latency_degraded_ms", label: "Slow from, milliseconds", type: "number", value: values.latency_degraded_ms, hint: "A handshake slower than this is degraded." }, problems)}
${textField({ name: "degraded_after_minutes", label: "Degraded after, minutes", type: "number", value: values.degraded_after_minutes }, problems)}
${textField({ name: "degraded_cleared_after_minutes", label: "Well again after, minutes", type: "number", value: values.degraded_cleared_after_minutes }, problems)}
</div>
${areaField({ name: "expected_tools", label: "Tools that must be there", rows: 3, maxlength: 13_000, value: values.expected_tools, hint: "One name per line; a missing one makes the endpoint degraded." }, problems)}`;
}

/** The health tool with its arguments, and what must be true of its answer. */
export function healthFields({ values, problems }: FieldsModel): Html {
  return html`${selectField({ name: "health_kind", label: "Health tool", value: values.health_kind, options: HEALTH_OPTIONS }, problems)}
${textField({ name: "health_tool", label: "Name of the tool", value: values.health_tool, maxlength: 128, isCode: true, hint: "Only with “the tool named below”." }, problems)}
${areaField({ name: "health_arguments", label: "Arguments, a JSON object", rows: 3, maxlength: 8_192, value: values.health_arguments, placeholder: "{}" }, problems)}
${checkField({ name: "health_read_only", label: "This tool only reads. It is called with every probe.", isChecked: values.health_read_only }, problems)}
<fieldset class="field" id="assertions"><legend>Assertions on its answer</legend>
<p class="hint">All must hold, or the endpoint is degraded. Paths are JSONPath, such as <code>$.status</code> or <code>$.checks[*].ok</code>. Values: <code>true</code>, <code>42</code>, or text.</p>
${problems.assertions === undefined ? "" : html`<p class="problem">${problems.assertions}</p>`}
${values.assertions.map((line, index) => assertionLine(line, index, problems))}
<button class="quiet" type="submit" name="more" value="assertions" formnovalidate>More lines</button></fieldset>`;
}

function assertionLine(
  line: EndpointFormValues["assertions"][number],
  index: number,
  problems: FieldProblems,
): Html {
  const wrong = (name: string) =>
    problems[name] === undefined ? "" : html` aria-invalid="true" aria-describedby="${name}-problem"`;
  const said = (name: string) =>
    problems[name] === undefined ? "" : html`<p class="problem" id="${name}-problem">${problems[name]}</p>`;
  const [path, kind, value] = ["path", "kind", "value"].map((part) => `assertion_${part}_${index}`) as [
    string,
    string,
    string,
  ];
  const nth = index + 1;
  return html`<div class="line">
<input id="${path}" name="${path}" value="${line.path}" maxlength="200" aria-label="Path of assertion ${nth}" class="code" placeholder="$.status"${wrong(path)}>
<select name="${kind}" aria-label="Comparison of assertion ${nth}">${ASSERTION_KINDS.map(
    ([word, label]) =>
      html`<option value="${word}"${word === line.kind ? html` selected` : ""}>${label}</option>`,
  )}</select>
<input id="${value}" name="${value}" value="${line.value}" maxlength="500" aria-label="Value of assertion ${nth}" class="code"${wrong(value)}>
${said(path)}${said(value)}</div>`;
}

/** Health pages of the owner's own. */
export function healthUrlFields({ values, problems }: FieldsModel): Html {
  return html`<fieldset class="field"><legend>Health URLs</legend>
<p class="hint">Asked beside the probe, on the same domain; anything but a 2xx answer makes the endpoint degraded.</p>
${problems.health_urls === undefined ? "" : html`<p class="problem">${problems.health_urls}</p>`}
${values.healthUrls.map((line, index) => {
  const name = `health_url_${index}`;
  const problem = problems[name];
  return html`<div class="line">
<input id="${name}" name="${name}" type="url" value="${line.url}" maxlength="2048" aria-label="Health URL ${index + 1}" class="code"${
    problem === undefined ? "" : html` aria-invalid="true" aria-describedby="${name}-problem"`
  }>
<select name="health_url_minutes_${index}" aria-label="How often health URL ${index + 1} is asked">${[
    "1",
    "2",
    "3",
    "4",
    "5",
  ].map(
    (minutes) =>
      html`<option value="${minutes}"${minutes === line.everyMinutes ? html` selected` : ""}>${minutes === "1" ? "every minute" : `every ${minutes} minutes`}</option>`,
  )}</select>
<label class="check"><input type="checkbox" name="health_url_status_${index}" value="1"${line.isStatusChecked ? html` checked` : ""}> <span>JSON <code>status</code> must be well</span></label>
${problem === undefined ? "" : html`<p class="problem" id="${name}-problem">${problem}</p>`}</div>`;
})}</fieldset>`;
}

/** Where it belongs, and what to read when it breaks. */
export function filingFields({ values, problems }: FieldsModel): Html {
  return html`${textField({ name: "tags", label: "Tags", value: values.tags, maxlength: 900, hint: "With commas between them, such as prod, payments." }, problems)}
${textField({ name: "group", label: "Group", value: values.group, maxlength: 60 }, problems)}
${textField({ name: "runbook_url", label: "Runbook", type: "url", value: values.runbook_url, maxlength: 2_048, isCode: true, hint: "Shown with every alert of this endpoint." }, problems)}`;
}

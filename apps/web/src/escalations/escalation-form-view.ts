import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { submitByEnter, textField } from "../endpoints/fields.ts";
import type { PostedLists } from "../forms/posted-lists.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { box } from "../rules/rule-form-view.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formProblem } from "../views/form-field.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext } from "../web-env.ts";

/** Rows that a form has at first, and at most. */
const STEPS_FIRST = 3;
export const STEPS_MAX = 10;

export interface StepValues {
  /** As typed. */
  readonly afterMinutes: string;
  readonly sinkIds: readonly string[];
}

export interface PolicyValues {
  readonly name: string;
  readonly steps: readonly StepValues[];
}

export interface EscalationFormModel {
  /** Null: a new one. */
  readonly policy: { readonly id: string; readonly name: string } | null;
  readonly values: PolicyValues;
  readonly sinks: readonly { readonly id: string; readonly name: string; readonly isVerified: boolean }[];
  readonly problems: FormProblems;
  readonly base: string;
}

/** Of a new policy: at once, after 5 minutes, after 15. */
export const FRESH_POLICY: PolicyValues = {
  name: "",
  steps: ["0", "5", "15"].map((afterMinutes) => ({ afterMinutes, sinkIds: [] })),
};

/** Name and steps; a step without a sink counts for nothing. */
export function escalationFormView(c: WebContext, model: EscalationFormModel): Html {
  const { policy, values, problems, base, sinks } = model;
  const path = policy === null ? `${base}/escalations/new` : `${base}/escalations/${policy.id}`;
  return html`<p class="crumb"><a href="${base}/escalations">Escalation</a></p><h1>${policy === null ? "Add a policy" : policy.name}</h1>
<p class="lead">Each step is told when its time has come and nobody has acknowledged. A step without a sink is left out.</p>
${formProblem(problems.form)}
${
  sinks.length === 0
    ? html`<div class="empty"><p>There is no sink to tell.</p><p><a class="button" href="${base}/sinks/new">Add a sink</a></p></div>`
    : html`<form class="endpoint-form" method="post" action="${path}">${csrfField(c)}${submitByEnter}
${textField({ name: "name", label: "Name", value: values.name, maxlength: 100, isRequired: true, hint: "Such as “Night”." }, problems)}
${problems.steps === undefined ? "" : html`<p class="problem" id="steps" role="alert">${problems.steps}</p>`}
${values.steps.map((step, index) => stepFields(step, index + 1, model))}
${values.steps.length < STEPS_MAX ? html`<p><button class="quiet" type="submit" name="step" value="add">Add a step</button></p>` : ""}
<p class="row"><button type="submit">${policy === null ? "Add the policy" : "Save"}</button><a class="button quiet" href="${base}/escalations">Cancel</a></p></form>`
}
${
  policy === null
    ? ""
    : confirmDetails({
        label: "Delete",
        body: html`<p>Rules that use it tell their own sinks only.</p>${postButton(c, { action: `${path}/delete`, label: `Delete ${policy.name}`, look: "danger" })}`,
      })
}`;
}

function stepFields(
  { afterMinutes, sinkIds }: StepValues,
  n: number,
  { sinks, problems }: EscalationFormModel,
): Html {
  return html`<fieldset class="step"><legend>Step ${n}</legend>
${textField({ name: `after-${n}`, label: "Minutes after the incident began to be told", value: afterMinutes, type: "number", maxlength: 4 }, problems)}
<div class="boxes" role="group" aria-label="Sinks of step ${n}">${sinks.map(({ id, name, isVerified }) =>
    box(`sinks-${n}`, id, isVerified ? name : `${name} (not verified)`, sinkIds),
  )}</div></fieldset>`;
}

/** What was posted, with one more step when the person asked for it. */
export function postedPolicy(form: PostedLists): PolicyValues {
  const rows = Array.from({ length: STEPS_MAX }, (_, index) => index + 1)
    .filter((n) => form.one(`after-${n}`) !== "" || form.all(`sinks-${n}`).length > 0)
    .map((n) => ({ afterMinutes: form.one(`after-${n}`).trim(), sinkIds: form.all(`sinks-${n}`) }));
  const wanted =
    form.one("step") === "add" ? Math.min(rows.length + 1, STEPS_MAX) : Math.max(rows.length, STEPS_FIRST);
  const missing = Array.from({ length: Math.max(0, wanted - rows.length) }, () => ({
    afterMinutes: "",
    sinkIds: [],
  }));
  return { name: form.one("name").trim(), steps: [...rows, ...missing] };
}

import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { submitByEnter, textField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { box } from "../rules/rule-form-view.ts";
import type { SinkChoice } from "../sinks/sink-choice.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formProblem } from "../views/form-field.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext } from "../web-env.ts";
import { type PolicyValues, STEPS_MAX, type StepValues } from "./policy-values.ts";

export interface EscalationFormModel {
  /** Null: a new one. */
  readonly policy: { readonly id: string; readonly name: string } | null;
  readonly values: PolicyValues;
  readonly sinks: readonly SinkChoice[];
  /** Without it nothing can be saved, only looked at. */
  readonly mayWrite: boolean;
  readonly problems: FormProblems;
  readonly base: string;
}

/** Name and steps; a step without a sink counts for nothing. */
export function escalationFormView(c: WebContext, model: EscalationFormModel): Html {
  const { policy, values, problems, base, sinks } = model;
  const path = policy === null ? `${base}/escalations/new` : `${base}/escalations/${policy.id}`;
  return html`<p class="crumb"><a href="${base}/escalations">Escalation</a></p><h1>${policy === null ? "Add a policy" : policy.name}</h1>
<p class="lead">The first step is told together with the sinks of the rule; each later one when its time has come and nobody has acknowledged. A step without a sink is left out.</p>
${formProblem(problems.form)}
${
  sinks.length === 0
    ? html`<div class="empty"><p>There is no sink to tell.</p><p><a class="button" href="${base}/sinks/new">Add a sink</a></p></div>`
    : html`<form class="endpoint-form" method="post" action="${path}">${csrfField(c)}${submitByEnter}<fieldset class="bare"${model.mayWrite ? "" : html` disabled`}>
${textField({ name: "name", label: "Name", value: values.name, maxlength: 100, isRequired: true, hint: "Such as “Night”." }, problems)}
${problems.steps === undefined ? "" : html`<p class="problem" id="steps" role="alert">${problems.steps}</p>`}
${values.steps.map((step, index) => stepFields(step, index + 1, model))}
${values.steps.length < STEPS_MAX ? html`<p><button class="quiet" type="submit" name="step" value="add">Add a step</button></p>` : ""}
</fieldset>
${model.mayWrite ? html`<p class="row"><button type="submit">${policy === null ? "Add the policy" : "Save"}</button><a class="button quiet" href="${base}/escalations">Cancel</a></p>` : html`<p class="faint">A member, admin or the owner of this workspace can change it.</p>`}</form>`
}
${deleteForm(c, model, path)}`;
}

const deleteForm = (c: WebContext, { policy, mayWrite }: EscalationFormModel, path: string): Html | "" =>
  policy === null || !mayWrite
    ? ""
    : confirmDetails({
        label: "Delete",
        body: html`<p>Rules that use it tell their own sinks only.</p>${postButton(c, { action: `${path}/delete`, label: `Delete ${policy.name}`, look: "danger" })}`,
      });

function stepFields(
  { afterMinutes, sinkIds }: StepValues,
  n: number,
  { sinks, problems }: EscalationFormModel,
): Html {
  return html`<fieldset class="step"><legend>Step ${n}</legend>
${textField({ name: `after-${n}`, label: "Minutes after the first page", value: afterMinutes, type: "number", maxlength: 4 }, problems)}
<div class="boxes" role="group" aria-label="Sinks of step ${n}">${sinks.map(({ id, label }) => box(`sinks-${n}`, id, label, sinkIds))}</div></fieldset>`;
}

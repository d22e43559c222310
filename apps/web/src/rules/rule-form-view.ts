import { ALERT_SEVERITIES } from "@alivemcp/core/alert-severity";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { checkField, selectField, submitByEnter, textField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import type { SinkChoice } from "../sinks/sink-choice.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formProblem } from "../views/form-field.ts";
import { postButton } from "../views/post-button.ts";
import { SEVERITY_WORDS } from "../views/severity-mark.ts";
import type { WebContext } from "../web-env.ts";
import { hoursFields } from "./hours-fields.ts";
import type { RuleValues } from "./rule-values.ts";
import { type ScopeChoices, scopeFields } from "./scope-fields.ts";

export interface RuleFormModel {
  /** Null: a new one. */
  readonly rule: { readonly id: string; readonly name: string } | null;
  readonly values: RuleValues;
  readonly choices: ScopeChoices;
  readonly sinks: readonly SinkChoice[];
  readonly policies: readonly { readonly id: string; readonly name: string }[];
  /** Without it nothing can be saved, only looked at. */
  readonly mayWrite: boolean;
  readonly problems: FormProblems;
  readonly base: string;
}

/** One form for a new rule and for one that is there. */
export function ruleFormView(c: WebContext, model: RuleFormModel): Html {
  const { rule, values, problems, base, choices } = model;
  const path = rule === null ? `${base}/rules/new` : `${base}/rules/${rule.id}`;
  return html`<p class="crumb"><a href="${base}/rules">Rules</a></p><h1>${rule === null ? "Add a rule" : rule.name}</h1>
${formProblem(problems.form)}
<form class="endpoint-form" method="post" action="${path}">${csrfField(c)}${submitByEnter}
<fieldset class="bare"${model.mayWrite ? "" : html` disabled`}>
${textField({ name: "name", label: "Name", value: values.name, maxlength: 100, isRequired: true, hint: "Such as “Production by day”." }, problems)}
${severityFields(values.severities, problems)}
${scopeFields(values.scope, choices, problems)}
${hoursFields(values.hours, problems)}
${sinkFields(model)}
${policyField(model)}
${checkField({ name: "enabled", label: "This rule counts", isChecked: values.isEnabled }, problems)}
</fieldset>
${model.mayWrite ? html`<p class="row"><button type="submit">${rule === null ? "Add the rule" : "Save"}</button><a class="button quiet" href="${base}/rules">Cancel</a></p>` : html`<p class="faint">A member, admin or the owner of this workspace can change it.</p>`}</form>
${
  rule === null || !model.mayWrite
    ? ""
    : confirmDetails({
        label: "Delete",
        body: html`<p>Alerts that only this rule sent on go nowhere then.</p>${postButton(c, { action: `${path}/delete`, label: `Delete ${rule.name}`, look: "danger" })}`,
      })
}`;
}

const severityFields = (chosen: readonly string[], problems: FormProblems): Html =>
  html`<fieldset id="severities"${problems.severities === undefined ? "" : html` aria-describedby="severities-problem"`}><legend>Severities</legend>
${problems.severities === undefined ? "" : html`<p class="problem" id="severities-problem" role="alert">${problems.severities}</p>`}
${ALERT_SEVERITIES.map((severity) => box("severities", severity, `${severity}: ${SEVERITY_WORDS[severity]}`, chosen))}
<p class="hint">P4 always goes to the weekly digest, whatever the rules say.</p></fieldset>`;

export const box = (name: string, value: string, label: string, chosen: readonly string[]): Html =>
  html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${chosen.includes(value) ? html` checked` : ""}> <span>${label}</span></label>`;

function sinkFields({ sinks, values, problems, base }: RuleFormModel): Html {
  return html`<fieldset id="sinks"${problems.sinks === undefined ? "" : html` aria-describedby="sinks-problem"`}><legend>Tell</legend>
${problems.sinks === undefined ? "" : html`<p class="problem" id="sinks-problem" role="alert">${problems.sinks}</p>`}
${
  sinks.length === 0
    ? html`<p>There is no sink yet. <a href="${base}/sinks/new">Add one</a> first.</p>`
    : sinks.map(({ id, label }) => box("sinks", id, label, values.sinkIds))
}</fieldset>`;
}

function policyField({ policies, values, problems, base }: RuleFormModel): Html {
  if (policies.length === 0) {
    return html`<p class="hint">To tell others when nobody acknowledges, make an <a href="${base}/escalations">escalation</a>.</p>`;
  }
  return selectField(
    {
      name: "policy",
      label: "Unless somebody acknowledges",
      value: values.policyId,
      options: [
        ["", "leave it at that"] as const,
        ...policies.map(({ id, name }) => [id, `go on with ${name}`] as const),
      ],
    },
    problems,
  );
}

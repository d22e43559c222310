import { SINK_KIND_FACTS } from "@alivemcp/core/sink-kind";
import type { Html } from "@alivemcp/pages/figures";
import type { SetupField, SetupWay, SinkSetup } from "@alivemcp/sinks/sink-setup";
import { html } from "hono/html";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { type Field, formField, formProblem } from "../views/form-field.ts";
import type { WebContext } from "../web-env.ts";
import { kindLabel } from "./sink-words.ts";

export interface SetUpModel {
  readonly setup: SinkSetup;
  /** Ways that this installation can offer. */
  readonly ways: readonly SetupWay[];
  /** User name of this installation's bot; null: it has none. */
  readonly telegramBot: string | null;
  /** A sink whose settings are replaced; null: a new one. */
  readonly replaced: { readonly id: string; readonly name: string } | null;
  readonly base: string;
  readonly form: {
    /** The way that was posted. */
    readonly way: string | null;
    readonly name: string;
    readonly entered: Readonly<Record<string, string | undefined>>;
    readonly problems: FormProblems;
  };
}

/** Names of the form's own fields beside those of the kind's settings, none of which has a dash in it. */
export const WAY_FIELD = "sink-way";
export const NAME_FIELD = "sink-name";

/** Step two: what to do at the vendor's, and what to fill in here. One way after the other, the best first. */
export function setUpView(c: WebContext, model: SetUpModel): Html {
  const { setup, ways, replaced, base, form } = model;
  const label = kindLabel(setup.kind);
  const title = replaced === null ? `Set up ${label}` : `Other settings for ${replaced.name}`;
  const crumb =
    replaced === null
      ? html`<a href="${base}/sinks">Sinks</a> / <a href="${base}/sinks/new">Add a sink</a>`
      : html`<a href="${base}/sinks">Sinks</a> / <a href="${base}/sinks/${replaced.id}">${replaced.name}</a>`;
  return html`<p class="crumb">${crumb}</p><h1>${title}</h1><p class="lead">${setup.intro}</p>
${replaced === null ? "" : html`<p class="notice">It has to be verified again before anything is sent there.</p>`}
${ways.length === 0 ? html`<p class="notice">This installation cannot send there: it was not given what ${label} asks of who sends. Whoever runs it can change that.</p>` : ""}
${formProblem(form.way === null ? form.problems.form : undefined)}
${ways.map((way, index) => waySection(c, model, { way, isOnly: ways.length === 1, n: index + 1 }))}
<section aria-labelledby="proof-title"><h2 id="proof-title">Then: prove that it is yours</h2><p>${setup.proof}</p></section>`;
}

function waySection(
  c: WebContext,
  model: SetUpModel,
  { way, isOnly, n }: { way: SetupWay; isOnly: boolean; n: number },
): Html {
  const steps =
    way.steps.length === 0 ? "" : html`<ol>${way.steps.map((step) => html`<li>${step}</li>`)}</ol>`;
  const bot =
    way.needs === "telegram-bot" && model.telegramBot !== null
      ? html`<p><a href="https://t.me/${model.telegramBot}" rel="noreferrer">Open @${model.telegramBot} in Telegram</a></p>`
      : "";
  const body = html`${steps}${bot}${way.by === "install" ? installForm(c, model, way) : settingsForm(c, model, way)}`;
  if (isOnly) {
    return html`<section aria-label="${way.label}"><h2>${way.label}</h2>${body}</section>`;
  }
  const isOpen = model.form.way === null ? n === 1 : model.form.way === way.id;
  return html`<details class="way" name="way"${isOpen ? html` open` : ""}><summary>${way.label}</summary><div>${body}</div></details>`;
}

const installForm = (c: WebContext, { setup, base }: SetUpModel, way: SetupWay): Html =>
  html`<form method="post" action="${base}/sinks/install/${setup.kind}">${csrfField(c)}<input type="hidden" name="${WAY_FIELD}" value="${way.id}"><button type="submit">${way.label}</button></form>`;

function settingsForm(c: WebContext, model: SetUpModel, way: SetupWay): Html {
  const { setup, base, replaced, form } = model;
  const isPosted = form.way === way.id;
  const problems = isPosted ? form.problems : {};
  const action =
    replaced === null ? `${base}/sinks/new/${setup.kind}` : `${base}/sinks/${replaced.id}/settings`;
  const idOf = (name: string) => `${way.id}-${name}`;
  return html`<form class="stack" method="post" action="${action}">${csrfField(c)}<input type="hidden" name="${WAY_FIELD}" value="${way.id}">
${formProblem(problems.form)}
${
  replaced === null
    ? formField({
        id: idOf(NAME_FIELD),
        name: NAME_FIELD,
        label: "Name",
        value: isPosted ? form.name : "",
        problem: problems[NAME_FIELD],
        hint: "How you and your colleagues call it, such as “#on-call” or “Night shift”.",
        autocomplete: "off",
        maxlength: 100,
      })
    : ""
}
${way.fields.map((field) => settingField(field, { id: idOf(field.name), problem: problems[field.name], value: isPosted ? (form.entered[field.name] ?? "") : "" }))}
<p class="row"><button type="submit">${SINK_KIND_FACTS[setup.kind].proof === "link" ? "Save and send the link" : "Save and send the code"}</button></p></form>`;
}

const TYPES: Readonly<Record<Exclude<SetupField["type"], "select">, NonNullable<Field["type"]>>> = {
  text: "text",
  url: "url",
  email: "email",
  secret: "password",
};

function settingField(
  field: SetupField,
  {
    id,
    problem,
    value,
  }: { readonly id: string; readonly problem: string | undefined; readonly value: string },
): Html {
  const { name, label, help, type } = field;
  if (type === "select") {
    return html`<div class="field"><label for="${id}"><span>${label}</span></label><select id="${id}" name="${name}"${help === "" ? "" : html` aria-describedby="${id}-hint"`}>${field.options.map(
      (option) =>
        html`<option value="${option.value}"${option.value === value ? html` selected` : ""}>${option.label}</option>`,
    )}</select>${problem === undefined ? "" : html`<p class="problem" id="${id}-problem">${problem}</p>`}${help === "" ? "" : html`<p class="hint" id="${id}-hint">${help}</p>`}</div>`;
  }
  return formField({
    id,
    name,
    label: field.isRequired ? label : `${label} (optional)`,
    type: TYPES[type],
    // A secret is never sent back to the browser.
    value: type === "secret" ? "" : value,
    problem,
    ...(help === "" ? {} : { hint: help }),
    ...(field.placeholder === "" ? {} : { placeholder: field.placeholder }),
    autocomplete: "off",
    maxlength: 2_048,
    isOptional: !field.isRequired,
  });
}

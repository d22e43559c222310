import { html } from "hono/html";
import type { FormProblems } from "../forms/read-form.ts";
import type { Html } from "../views/html.ts";

interface Labelled {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | Html;
}

/** Names hint and problem of a field for screen readers. */
function describedBy({ name, hint }: Labelled, problems: FormProblems): Html | "" {
  const ids = [
    ...(problems[name] === undefined ? [] : [`${name}-problem`]),
    ...(hint === undefined ? [] : [`${name}-hint`]),
  ];
  const isWrong = problems[name] === undefined ? "" : html` aria-invalid="true"`;
  return ids.length === 0 ? isWrong : html` aria-describedby="${ids.join(" ")}"${isWrong}`;
}

function below({ name, hint }: Labelled, problems: FormProblems): Html {
  const problem = problems[name];
  return html`${problem === undefined ? "" : html`<p class="problem" id="${name}-problem">${problem}</p>`}
${hint === undefined ? "" : html`<p class="hint" id="${name}-hint">${hint}</p>`}`;
}

/** One line of text. */
export function textField(
  field: Labelled & {
    readonly value: string;
    readonly type?: "text" | "url" | "number";
    readonly maxlength?: number;
    readonly isRequired?: boolean;
    readonly placeholder?: string;
    readonly isCode?: boolean;
  },
  problems: FormProblems,
): Html {
  return html`<div class="field"><label for="${field.name}"><span>${field.label}</span></label>
<input id="${field.name}" name="${field.name}" type="${field.type ?? "text"}" value="${field.value}" maxlength="${field.maxlength ?? 200}" autocomplete="off"${
    field.isRequired ? html` required` : ""
  }${field.placeholder === undefined ? "" : html` placeholder="${field.placeholder}"`}${
    field.isCode ? html` class="code" autocapitalize="none" spellcheck="false"` : ""
  }${describedBy(field, problems)}>
${below(field, problems)}</div>`;
}

/** Several lines. */
export function areaField(
  field: Labelled & {
    readonly value: string;
    readonly rows: number;
    readonly maxlength: number;
    readonly placeholder?: string;
  },
  problems: FormProblems,
): Html {
  return html`<div class="field"><label for="${field.name}"><span>${field.label}</span></label>
<textarea id="${field.name}" name="${field.name}" rows="${field.rows}" maxlength="${field.maxlength}" class="code" spellcheck="false"${
    field.placeholder === undefined ? "" : html` placeholder="${field.placeholder}"`
  }${describedBy(field, problems)}>${field.value}</textarea>
${below(field, problems)}</div>`;
}

/** One of several words. */
export function selectField(
  field: Labelled & {
    readonly value: string;
    readonly options: readonly (readonly [value: string, label: string])[];
  },
  problems: FormProblems,
): Html {
  return html`<div class="field"><label for="${field.name}"><span>${field.label}</span></label>
<select id="${field.name}" name="${field.name}"${describedBy(field, problems)}>${field.options.map(
    ([value, label]) =>
      html`<option value="${value}"${value === field.value ? html` selected` : ""}>${label}</option>`,
  )}</select>
${below(field, problems)}</div>`;
}

/** Yes or no. */
export function checkField(
  field: Labelled & { readonly isChecked: boolean; readonly value?: string },
  problems: FormProblems,
): Html {
  return html`<div class="field"><label class="check"><input type="checkbox" id="${field.name}" name="${field.name}" value="${field.value ?? "1"}"${
    field.isChecked ? html` checked` : ""
  }${describedBy(field, problems)}> <span>${field.label}</span></label>
${below(field, problems)}</div>`;
}

/** On top of a form that was refused: how many things, with a link to each. */
export function problemSummary(problems: FormProblems): Html | "" {
  const names = Object.keys(problems);
  if (names.length === 0) {
    return "";
  }
  return html`<div class="notice notice-bad" role="alert"><p>${
    names.length === 1
      ? "Nothing was saved; one thing is not right:"
      : `Nothing was saved; ${names.length} things are not right:`
  }</p><ul>${names.map((name) =>
    name === "form"
      ? html`<li>${problems[name]}</li>`
      : html`<li><a href="#${name}">${problems[name]}</a></li>`,
  )}</ul></div>`;
}

/**
 * Pressing Enter in a field submits by the first submit button in tree order (HTML standard, section 4.10.21.2), and
 * forms with other buttons must do their main thing then. Stands first in the form; nobody sees, reads or reaches it.
 */
export const submitByEnter: Html = html`<button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true">Submit</button>`;

import { html } from "hono/html";
import type { Html } from "./html.ts";

export interface Field {
  /** Default: the name; needed where a page has two fields of one name. */
  readonly id?: string;
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password" | "url";
  readonly value?: string;
  /** What is wrong with it; said beside it and to screen readers. */
  readonly problem?: string | undefined;
  readonly hint?: string | Html;
  /** HTML standard, section 4.10.19.7.1: lets a password manager do its work. */
  readonly autocomplete: string;
  readonly maxlength: number;
  readonly isOptional?: boolean;
  readonly inputmode?: "numeric" | "email";
  readonly placeholder?: string;
}

/** A labelled input with its hint and its problem beside it. */
export function formField(field: Field): Html {
  const { name, problem, id = field.name } = field;
  // A problem says what to do by itself.
  const hint = problem === undefined ? field.hint : undefined;
  const described = [
    ...(problem === undefined ? [] : [`${id}-problem`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ];
  return html`<div class="field"><label for="${id}"><span>${field.label}</span></label>
<input id="${id}" name="${name}" type="${field.type ?? "text"}" value="${field.value ?? ""}" maxlength="${field.maxlength}" autocomplete="${field.autocomplete}"${
    field.isOptional ? "" : html` required`
  }${field.inputmode === undefined ? "" : html` inputmode="${field.inputmode}"`}${
    field.type === "email" || field.autocomplete === "one-time-code"
      ? html` autocapitalize="none" spellcheck="false"`
      : ""
  }${field.placeholder === undefined ? "" : html` placeholder="${field.placeholder}"`}${described.length === 0 ? "" : html` aria-describedby="${described.join(" ")}"`}${problem === undefined ? "" : html` aria-invalid="true"`}>
${problem === undefined ? "" : html`<p class="problem" id="${id}-problem">${problem}</p>`}
${hint === undefined ? "" : html`<p class="hint" id="${id}-hint">${hint}</p>`}</div>`;
}

/** On top of a form that was refused, so that a screen reader hears it first. */
export const formProblem = (sentence: string | undefined): Html | "" =>
  sentence === undefined ? "" : html`<p class="notice notice-bad" role="alert">${sentence}</p>`;

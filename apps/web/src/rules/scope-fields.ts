import type { AlertScope } from "@alivemcp/core/alert-rule";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { PostedLists } from "../forms/posted-lists.ts";
import type { FormProblems } from "../forms/read-form.ts";
import type { ScopeLine } from "./scope-words.ts";

/** What was chosen for "which endpoints"; what is chosen below counts only with `isAll` off. */
export interface ScopeValues {
  readonly isAll: boolean;
  readonly endpointIds: readonly string[];
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

/** What can be chosen from in a workspace. */
export interface ScopeChoices {
  readonly endpoints: readonly { readonly id: string; readonly name: string }[];
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

export const ALL_ENDPOINTS: ScopeValues = { isAll: true, endpointIds: [], tags: [], groups: [] };

/** Which endpoints: all, or those with a tag, in a group, or named. All of it stands there, so that it works without JavaScript. */
export function scopeFields(values: ScopeValues, choices: ScopeChoices, problems: FormProblems): Html {
  const problem = problems.scope;
  const endpoints = choices.endpoints.map(({ id, name }) => [id, name] as const);
  return html`<fieldset id="scope"${problem === undefined ? "" : html` aria-describedby="scope-problem"`}><legend>Which endpoints</legend>
${problem === undefined ? "" : html`<p class="problem" id="scope-problem" role="alert">${problem}</p>`}
${way("all", "All of them, later ones too", values.isAll)}${way("some", "Only those chosen here, by any of it", !values.isAll)}
${boxes("tags", "With a tag", pairs(choices.tags, values.tags), values.tags)}
${boxes("groups", "In a group", pairs(choices.groups, values.groups), values.groups)}
${boxes("endpoints", "By name", endpoints, values.endpointIds)}</fieldset>`;
}

/** A word that is chosen stays choosable although no endpoint has it any more. */
const pairs = (words: readonly string[], chosen: readonly string[]) =>
  [...new Set([...words, ...chosen])].map((word) => [word, word] as const);

const way = (value: string, label: string, isChosen: boolean): Html =>
  html`<label class="check"><input type="radio" name="scope" value="${value}"${isChosen ? html` checked` : ""}> <span>${label}</span></label>`;

const boxes = (
  name: string,
  label: string,
  options: readonly (readonly [value: string, label: string])[],
  chosen: readonly string[],
): Html | "" =>
  options.length === 0
    ? ""
    : html`<div class="boxes" role="group" aria-label="${label}"><p class="faint">${label}</p>${options.map(
        ([value, words]) =>
          html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${chosen.includes(value) ? html` checked` : ""}> <span>${words}</span></label>`,
      )}</div>`;

/** What was posted. */
export const postedScope = (form: PostedLists): ScopeValues => ({
  isAll: form.one("scope") !== "some",
  endpointIds: form.all("endpoints"),
  tags: form.all("tags"),
  groups: form.all("groups"),
});

/** As verbs take it; `alertScopeSchema` judges it. */
export const scopeOf = ({ isAll, endpointIds, tags, groups }: ScopeValues): AlertScope =>
  isAll ? { kind: "all" } : { kind: "some", endpointIds, tags, groups };

/** A stored scope as the form shows it. */
export const scopeValues = (scope: AlertScope): ScopeValues =>
  scope.kind === "all" ? ALL_ENDPOINTS : { isAll: false, ...scope };

/** A stored scope with names in place of ids; endpoints that are gone are left out. */
export function toScopeLine(scope: AlertScope, choices: Pick<ScopeChoices, "endpoints">): ScopeLine {
  if (scope.kind === "all") {
    return scope;
  }
  const { tags, groups, endpointIds } = scope;
  const names = choices.endpoints.filter(({ id }) => endpointIds.includes(id)).map(({ name }) => name);
  return { kind: "some", names, tags, groups };
}

/** What the endpoints of a workspace can be told apart by. */
export const scopeChoices = (
  endpoints: readonly {
    readonly id: string;
    readonly name: string;
    readonly tags: readonly string[];
    readonly group: string | null;
  }[],
): ScopeChoices => ({
  endpoints,
  tags: [...new Set(endpoints.flatMap(({ tags }) => tags))].sort(),
  groups: [...new Set(endpoints.flatMap(({ group }) => group ?? []))].sort(),
});

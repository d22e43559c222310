import type { Membership } from "@alivemcp/db/queries/memberships-identity";
import { dayText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { formField, formProblem } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import type { Viewer, WebContext } from "../web-env.ts";
import { passwordAgain } from "./account-view.ts";

/** What is kept of a person, to take along and to delete. */
export function dataView(
  c: WebContext,
  input: {
    readonly viewer: Viewer;
    readonly memberships: readonly Membership[];
    readonly hasPassword: boolean;
    /** When they asked for their account to be deleted; null: they did not. */
    readonly requestedAt: Date | null;
    readonly problems: FormProblems;
    readonly given: string;
  },
): Html {
  const owned = input.memberships.filter(({ role }) => role === "owner");
  return html`<h1>Your data</h1>
<section aria-labelledby="export-heading"><h2 id="export-heading">Take it along</h2>
<p>What we keep of you: profile, sessions, ways to sign in, workspaces, invitations, what you did to your account.</p>
<p><a class="button second" href="/account/data/export.json" download>Download as JSON</a></p>
${
  owned.length === 0
    ? ""
    : html`<p>And of the workspaces that you own: endpoints, history, members, keys, audit log.</p>
<ul>${owned.map(({ tenant }) => html`<li><a href="/w/${tenant.slug}/export.json" download>${tenant.name} as JSON</a></li>`)}</ul>`
}</section>
<section aria-labelledby="delete-heading"><h2 id="delete-heading">Delete your account</h2>
${input.requestedAt === null ? deleteForm(c, input, owned) : keepForm(c, owned)}</section>`;
}

function deleteForm(
  c: WebContext,
  { viewer, hasPassword, problems, given }: Parameters<typeof dataView>[1],
  owned: readonly Membership[],
): Html {
  const staying = owned.filter(({ tenant }) => tenant.deletionDueAt === null);
  if (staying.length > 0) {
    return html`<p>You own ${staying.length === 1 ? "a workspace" : "workspaces"} that others or programs may rely on. Hand over or delete first:</p>
<ul>${staying.map(({ tenant }) => html`<li><a href="/w/${tenant.slug}/settings">Settings of ${tenant.name}</a></li>`)}</ul>`;
  }
  return html`${formProblem(problems.form)}
<p>${owned.length === 0 ? "You are signed out at once, and within minutes nothing is left of your account" : `Your account goes when the last workspace that you own is erased, on ${lastDay(owned)}`}. What you did in workspaces of others stays in their audit log under a number that means nobody any more.</p>
<form class="stack" method="post" action="/account/data/delete">${csrfField(c)}
${formField({ name: "confirmation", label: `Type ${viewer.email} to confirm`, value: given, problem: problems.confirmation, autocomplete: "off", maxlength: 320 })}
${passwordAgain(hasPassword, "current-password-delete", problems.password)}
<p class="row"><button class="danger" type="submit">Delete my account</button></p></form>`;
}

const keepForm = (c: WebContext, owned: readonly Membership[]): Html =>
  html`<p class="notice">Your account goes ${owned.length === 0 ? "within minutes" : html`when the last workspace that you own is erased, on <b>${lastDay(owned)}</b>`}.</p>
<form method="post" action="/account/data/keep">${csrfField(c)}<p class="row"><button type="submit">Keep my account</button></p></form>`;

const lastDay = (owned: readonly Membership[]) =>
  dayText(Math.max(...owned.map(({ tenant }) => tenant.deletionDueAt?.getTime() ?? 0)));

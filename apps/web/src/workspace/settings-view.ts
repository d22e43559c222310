import type { PlanUsage } from "@alivemcp/actions/workspaces/read-usage";
import type { MemberRow } from "@alivemcp/db/queries/members";
import type { Tenant } from "@alivemcp/db/queries/tenants";
import { dayText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { selectField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formField, formProblem } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

/** The forms of the page; the one that was refused shows its problems and what was typed. */
export type SettingsForm = "name" | "transfer" | "leave" | "delete";

export interface SettingsModel {
  readonly tenant: Tenant;
  readonly usage: PlanUsage;
  readonly members: readonly MemberRow[];
  readonly viewerId: string;
  readonly may: {
    readonly update: boolean;
    readonly transfer: boolean;
    readonly delete: boolean;
    readonly export: boolean;
  };
  readonly isOwner: boolean;
  readonly refused: {
    readonly form: SettingsForm;
    readonly problems: FormProblems;
    readonly given: Readonly<Record<string, string>>;
  } | null;
}

export function settingsView(c: WebContext, model: SettingsModel): Html {
  const { tenant } = model;
  return html`<h1>Settings</h1>
${nameSection(c, model)}
${planSection(tenant, model.usage)}
${model.may.export ? exportSection(tenant) : ""}
${model.isOwner ? "" : leaveSection(c, model)}
${model.may.transfer ? transferSection(c, model) : ""}
${model.may.delete ? deleteSection(c, model) : ""}`;
}

/** Problems and typed values of one form; empty for the others. */
function ofForm(model: SettingsModel, form: SettingsForm) {
  const isRefused = model.refused?.form === form;
  return {
    problems: isRefused ? (model.refused?.problems ?? {}) : {},
    given: isRefused ? (model.refused?.given ?? {}) : {},
  };
}

const base = ({ slug }: Tenant) => `/w/${slug}/settings`;

function nameSection(c: WebContext, model: SettingsModel): Html {
  const { tenant } = model;
  if (!model.may.update || tenant.deletionDueAt !== null) {
    return html`<dl class="facts"><div><dt>Name</dt><dd>${tenant.name}</dd></div><div><dt>Address</dt><dd><code>/w/${tenant.slug}/</code></dd></div></dl>`;
  }
  const { problems, given } = ofForm(model, "name");
  return html`<section aria-labelledby="name-heading"><h2 id="name-heading">Name</h2>${formProblem(problems.form)}
<form class="stack" method="post" action="${base(tenant)}/name">${csrfField(c)}
${formField({ name: "name", label: "Name", value: given.name ?? tenant.name, problem: problems.name, autocomplete: "off", maxlength: 100 })}
${formField({ name: "slug", label: "Address", value: given.slug ?? tenant.slug, problem: problems.slug, autocomplete: "off", maxlength: 60, hint: "The part after /w/. Links and bookmarks to the old address end when you change it." })}
<p class="row"><button type="submit">Save</button></p></form></section>`;
}

const planSection = ({ plan }: Tenant, usage: PlanUsage): Html =>
  html`<section aria-labelledby="plan-heading"><h2 id="plan-heading">Plan ${plan.name}</h2>
${
  usage.pausedByPlan === 0
    ? ""
    : html`<p class="notice notice-bad">${usage.pausedByPlan === 1 ? "One endpoint is" : `${usage.pausedByPlan} endpoints are`} paused because the plan allows no more. They are kept for 30 days.</p>`
}<dl class="facts"><div><dt>Endpoints</dt><dd>${usage.endpoints} of ${plan.endpointsMax}</dd></div>
<div><dt>Private endpoints</dt><dd>${usage.privateEndpoints} of ${plan.privateEndpointsMax}</dd></div>
<div><dt>Members and open invitations</dt><dd>${usage.members} of ${plan.membersMax}</dd></div>
<div><dt>Shortest cadence</dt><dd>${plan.cadenceSMin} s</dd></div>
<div><dt>History</dt><dd>${plan.minuteHistoryDays} days by the minute, ${plan.dayHistoryDays} days by the day</dd></div></dl></section>`;

const exportSection = (tenant: Tenant): Html =>
  html`<section aria-labelledby="export-heading"><h2 id="export-heading">Take the data along</h2>
<p>Endpoints with their options, days and drift, members, keys without secrets, the audit log: one JSON file.</p>
<p><a class="button second" href="/w/${tenant.slug}/export.json" download>Download as JSON</a></p></section>`;

function leaveSection(c: WebContext, model: SettingsModel): Html {
  const { problems } = ofForm(model, "leave");
  return html`<section aria-labelledby="leave-heading"><h2 id="leave-heading">Leave</h2>${formProblem(problems.form)}
${confirmDetails({
  label: "Leave this workspace",
  body: html`<p>You lose access at once. To come back, somebody has to invite you.</p>
<form method="post" action="${base(model.tenant)}/leave">${csrfField(c)}<button class="danger" type="submit">Leave ${model.tenant.name}</button></form>`,
})}</section>`;
}

/** The name typed in again; one page has several of these fields. */
const typedName = (
  id: string,
  tenant: Tenant,
  problem: string | undefined,
  given: string | undefined,
): Html =>
  formField({
    id,
    name: "confirmation",
    label: `Type “${tenant.name}” to confirm`,
    value: given ?? "",
    problem,
    autocomplete: "off",
    maxlength: 200,
  });

function transferSection(c: WebContext, model: SettingsModel): Html {
  const { tenant, members, viewerId } = model;
  const { problems, given } = ofForm(model, "transfer");
  const successors = members.filter(({ userId, isAddressProven }) => userId !== viewerId && isAddressProven);
  return html`<section aria-labelledby="transfer-heading"><h2 id="transfer-heading">Hand over</h2>${formProblem(problems.form)}
${
  successors.length === 0
    ? html`<p class="faint">Nobody else belongs to this workspace. <a href="/w/${tenant.slug}/members">Invite somebody</a> to hand it over to.</p>`
    : html`<p>Another member becomes the owner and you an admin. Both of you have to sign in again.</p>
<form class="stack" method="post" action="${base(tenant)}/transfer">${csrfField(c)}
${selectField(
  {
    name: "user_id",
    label: "New owner",
    value: given.user_id ?? "",
    options: successors.map(({ userId, name, email }) => [userId, `${name} (${email})`] as const),
  },
  problems.user_id === undefined ? {} : { user_id: problems.user_id },
)}
${typedName("transfer-confirmation", tenant, problems.confirmation, given.confirmation)}
<p class="row"><button class="danger" type="submit">Hand over</button></p></form>`
}</section>`;
}

function deleteSection(c: WebContext, model: SettingsModel): Html {
  const { tenant } = model;
  if (tenant.deletionDueAt !== null) {
    return html`<section aria-labelledby="delete-heading"><h2 id="delete-heading">Deletion</h2>
<p>Everything of this workspace is erased on <b>${dayText(tenant.deletionDueAt.getTime())}</b>. Until then you can undo it.</p>
<form method="post" action="${base(tenant)}/keep">${csrfField(c)}<p class="row"><button type="submit">Keep this workspace</button></p></form></section>`;
  }
  const { problems, given } = ofForm(model, "delete");
  return html`<section aria-labelledby="delete-heading"><h2 id="delete-heading">Delete</h2>${formProblem(problems.form)}
<p>Its endpoints are not watched any more from the moment you delete it, and every member is told. After 14 days its endpoints with all their history, its keys, credentials and members are erased for good; until then you can undo it.</p>
<form class="stack" method="post" action="${base(tenant)}/delete">${csrfField(c)}
${typedName("delete-confirmation", tenant, problems.confirmation, given.confirmation)}
<p class="row"><button class="danger" type="submit">Delete this workspace</button></p></form></section>`;
}

import { INVITED_ROLES } from "@alivemcp/core/invitation";
import type { Role } from "@alivemcp/core/permissions";
import type { InvitationRow } from "@alivemcp/db/queries/invitations";
import type { MemberRow } from "@alivemcp/db/queries/members";
import { dayText, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { selectField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formField, formProblem } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  owner: "Owner",
  admin: "Admin",
  member: "Member",
  viewer: "Viewer",
};
const ROLE_MEANS: Readonly<Record<Exclude<Role, "owner">, string>> = {
  admin: "Admin: changes everything but the workspace's existence",
  member: "Member: registers and changes endpoints",
  viewer: "Viewer: sees everything, changes nothing",
};

export interface MembersModel {
  readonly members: readonly MemberRow[];
  readonly invitations: readonly InvitationRow[];
  /** `/w/<slug>`. */
  readonly base: string;
  readonly viewerId: string;
  readonly may: { readonly invite: boolean; readonly changeRole: boolean; readonly remove: boolean };
  readonly nowMs: number;
  /** Of the form that was just refused, with what was typed. */
  readonly invite: { readonly email: string; readonly role: string; readonly problems: FormProblems };
}

/** Who belongs to the workspace, who is invited, and the forms of whoever may change that. */
export function membersView(c: WebContext, model: MembersModel): Html {
  return html`<h1>Members</h1>
<p class="lead">${model.members.length === 1 ? "One person belongs" : `${model.members.length} people belong`} to this workspace.</p>
<ul class="people">${model.members.map((member) => memberRow(c, model, member))}</ul>
${model.invitations.length === 0 ? "" : html`<h2>Open invitations</h2><ul class="people">${model.invitations.map((one) => invitationRow(c, model, one))}</ul>`}
${model.may.invite ? inviteForm(c, model) : html`<p class="faint">An owner or admin can invite people and change roles.</p>`}`;
}

function memberRow(c: WebContext, model: MembersModel, member: MemberRow): Html {
  const isMe = member.userId === model.viewerId;
  const isOpen = member.role !== "owner";
  return html`<li><div class="who"><b>${member.name}</b>${isMe ? html` <span class="tag">you</span>` : ""}${member.hasSecondFactor ? html` <span class="tag">two-factor</span>` : ""}<br>
<span class="faint">${member.email} · since ${dayText(member.joinedAt.getTime())}</span></div>
<div class="row">${isOpen && model.may.changeRole ? roleForm(c, model, member) : html`<span class="role">${ROLE_WORDS[member.role]}</span>`}
${
  isOpen && model.may.remove && !isMe
    ? confirmDetails({
        label: "Remove",
        spoken: `Remove ${member.name}`,
        body: html`<p>${member.name} loses access at once. API keys they made go on working.</p>
<form method="post" action="${model.base}/members/remove">${csrfField(c)}<input type="hidden" name="user_id" value="${member.userId}">
<button class="danger" type="submit">Remove ${member.name}</button></form>`,
      })
    : ""
}</div></li>`;
}

function roleForm(c: WebContext, model: MembersModel, member: MemberRow): Html {
  return html`<form class="inline" method="post" action="${model.base}/members/role">${csrfField(c)}<input type="hidden" name="user_id" value="${member.userId}">
<select name="role" aria-label="Role of ${member.name}">${INVITED_ROLES.map(
    (role) =>
      html`<option value="${role}"${role === member.role ? html` selected` : ""}>${ROLE_WORDS[role]}</option>`,
  )}</select>
<button class="second" type="submit" aria-label="Save role of ${member.name}">Save</button></form>`;
}

function invitationRow(c: WebContext, model: MembersModel, invitation: InvitationRow): Html {
  const isExpired = invitation.expiresAt.getTime() <= model.nowMs;
  const hidden = html`${csrfField(c)}<input type="hidden" name="invitation_id" value="${invitation.id}">`;
  return html`<li><div class="who"><b>${invitation.email}</b> <span class="tag">${ROLE_WORDS[invitation.role]}</span>${isExpired ? html` <span class="tag tag-warn">expired</span>` : ""}<br>
<span class="faint">sent ${utcText(invitation.sentAt.getTime())} · ${isExpired ? "expired" : "works until"} ${utcText(invitation.expiresAt.getTime())}</span></div>
${
  model.may.invite
    ? html`<div class="row"><form method="post" action="${model.base}/members/invitations/resend">${hidden}<button class="second" type="submit" aria-label="Send again to ${invitation.email}">Send again</button></form>
<form method="post" action="${model.base}/members/invitations/revoke">${hidden}<button class="second" type="submit" aria-label="Take back: invitation of ${invitation.email}">Take back</button></form></div>`
    : ""
}</li>`;
}

function inviteForm(c: WebContext, { base, invite }: MembersModel): Html {
  const { problems } = invite;
  return html`<section aria-labelledby="invite-heading"><h2 id="invite-heading">Invite somebody</h2>
${formProblem(problems.form)}
<form class="stack" method="post" action="${base}/members/invite">${csrfField(c)}
${formField({ name: "email", label: "E-mail", type: "email", value: invite.email, problem: problems.email, autocomplete: "off", maxlength: 254, hint: "They get a link that works once within 7 days, for this address only." })}
${selectField(
  {
    name: "role",
    label: "Role",
    value: invite.role,
    options: INVITED_ROLES.map((role) => [role, ROLE_MEANS[role]] as const),
  },
  problems.role === undefined ? {} : { role: problems.role },
)}
<p class="row"><button type="submit">Send the invitation</button></p></form></section>`;
}

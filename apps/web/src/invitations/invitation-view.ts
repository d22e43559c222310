import type { InvitationDecision } from "@alivemcp/core/invitation";
import type { PresentedInvitation } from "@alivemcp/db/queries/invitations-identity";
import { utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { ROLE_WORDS } from "../members/members-view.ts";
import { csrfField } from "../middleware/form-guard.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

/** Where the link of an invitation leads: who invites to what, and the one next step of whoever looks. */
export function invitationView(
  c: WebContext,
  input: {
    readonly invitation: PresentedInvitation;
    /** Path of this page. */
    readonly path: string;
    /** Null while nobody is signed in. */
    readonly decision: InvitationDecision | null;
  },
): Html {
  const { invitation } = input;
  return html`<div class="narrow"><h1>Join ${invitation.workspaceName}</h1>
<p>${invitation.inviterName ?? "Somebody"} invites <b>${invitation.email}</b> to the workspace <b>${invitation.workspaceName}</b> as ${ROLE_WORDS[invitation.role].toLowerCase()}.</p>
${nextStep(c, input)}</div>`;
}

function nextStep(c: WebContext, { invitation, path, decision }: Parameters<typeof invitationView>[1]): Html {
  const next = encodeURIComponent(path);
  if (decision === null) {
    return html`<p>Sign in with this address to join, or sign up with it.</p>
<p class="row"><a class="button" href="/sign-in?next=${next}">Sign in</a> <a class="button second" href="/sign-up?next=${next}">Sign up</a></p>
<p class="faint">The link works once, until ${utcText(invitation.expiresAtMs)}.</p>`;
  }
  if (decision.kind === "allowed") {
    return html`<form method="post" action="${path}">${csrfField(c)}<p class="row"><button type="submit">Join ${invitation.workspaceName}</button></p></form>
<p class="faint">The link works once, until ${utcText(invitation.expiresAtMs)}.</p>`;
  }
  return html`<p class="notice notice-bad" role="alert">${decision.sentence}</p>
${
  decision.reason === "other-address"
    ? html`<form method="post" action="/sign-out">${csrfField(c)}<p class="row"><button class="second" type="submit">Sign out</button></p></form>
<p class="faint">Then open the link of the mail again.</p>`
    : html`<p><a href="/">Back to the start</a></p>`
}`;
}

import { inviteMember } from "@alivemcp/actions/invitations/invite-member";
import { listInvitations } from "@alivemcp/actions/invitations/list-invitations";
import { resendInvitation } from "@alivemcp/actions/invitations/resend-invitation";
import { revokeInvitation } from "@alivemcp/actions/invitations/revoke-invitation";
import { changeRole } from "@alivemcp/actions/members/change-role";
import { listMembers } from "@alivemcp/actions/members/list-members";
import { removeMember } from "@alivemcp/actions/members/remove-member";
import { AppError } from "@alivemcp/core/app-error";
import { INVITED_ROLES } from "@alivemcp/core/invitation";
import { type Action, decidePermission } from "@alivemcp/core/permissions";
import { Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { emailInput } from "../forms/email-input.ts";
import { postedText, readForm } from "../forms/read-form.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import { membersView, ROLE_WORDS } from "../members/members-view.ts";
import { renderPage } from "../render-page.ts";
import { viewerOf } from "../viewer-of.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const role = z.enum(INVITED_ROLES, "Choose a role.");
const inviteForm = z.object({ email: emailInput, role });
const roleForm = z.object({ user_id: z.string(), role });

/** `/w/<workspace>/members`: who belongs to it, roles, invitations. */
export function memberRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const verbs = { ...deps, appUrl: deps.site.appUrl };
  routes.get("/w/:workspace/members", (c) => showMembers(deps, c));

  routes.post("/w/:workspace/members/invite", async (c) => {
    const form = await readForm(c, inviteForm);
    if (form.kind === "refused") {
      return showMembers(deps, c, { problems: form.problems, status: 400 });
    }
    try {
      const invited = await inviteMember(verbs, c.var.workspace.caller, form.values);
      c.var.flash({ tone: "good", text: `We sent an invitation to ${invited.email}.` });
      return back(c);
    } catch (err) {
      return showMembers(deps, c, refusalOf(err, ["email", "role"]));
    }
  });

  routes.post("/w/:workspace/members/role", (c) =>
    doing(c, async () => {
      const form = await readForm(c, roleForm);
      if (form.kind === "refused") {
        throw new AppError({ code: "invalid", internal: "no such role", public: "Choose a role." });
      }
      const { user_id: userId, role: wanted } = form.values;
      const member = await changeRole(deps, c.var.workspace.caller, { userId, role: wanted });
      return `${member.name} is ${ROLE_WORDS[member.role].toLowerCase()} now, and has to sign in again.`;
    }),
  );

  routes.post("/w/:workspace/members/remove", (c) =>
    doing(c, async () => {
      const member = await removeMember(deps, c.var.workspace.caller, await postedText(c, "user_id"));
      return `${member.name} no longer belongs to this workspace.`;
    }),
  );

  routes.post("/w/:workspace/members/invitations/resend", (c) =>
    doing(c, async () => {
      const id = await postedText(c, "invitation_id");
      const { email } = await resendInvitation(verbs, c.var.workspace.caller, id);
      return `We sent the invitation to ${email} again. The link before no longer works.`;
    }),
  );

  routes.post("/w/:workspace/members/invitations/revoke", (c) =>
    doing(c, async () => {
      const id = await postedText(c, "invitation_id");
      const { email } = await revokeInvitation(deps, c.var.workspace.caller, id);
      return `The invitation of ${email} no longer works.`;
    }),
  );
  return routes;
}

/** A button of the list: what came of it stands on top of the list, whatever it was. */
async function doing(c: WebContext, run: () => Promise<string>): Promise<Response> {
  try {
    c.var.flash({ tone: "good", text: await run() });
  } catch (err) {
    const { problems } = refusalOf(err, []);
    c.var.flash({ tone: "bad", text: problems.form ?? "" });
  }
  return back(c);
}

const back = (c: WebContext) => c.redirect(`/w/${c.var.workspace.tenant.slug}/members`, 303);

async function showMembers(
  deps: Deps,
  c: WebContext,
  refusal: FormRefusal = { problems: {}, status: 200 },
): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const may = (action: Action) => decidePermission(caller.actor, action).kind === "allowed";
  const [members, invitations] = await Promise.all([
    listMembers(deps, caller),
    listInvitations(deps, caller),
  ]);
  const wasPosted = c.req.method === "POST";
  const body = membersView(c, {
    members,
    invitations,
    base: `/w/${tenant.slug}`,
    viewerId: viewerOf(c).userId,
    may: {
      invite: may("member.invite"),
      changeRole: may("member.change_role"),
      remove: may("member.remove"),
    },
    nowMs: deps.clock.nowMs(),
    invite: {
      email: wasPosted ? await postedText(c, "email") : "",
      role: (wasPosted && (await postedText(c, "role"))) || "viewer",
      problems: refusal.problems,
    },
  });
  const page = await renderPage(c, { title: `Members of ${tenant.name}`, section: "members", body });
  return c.html(page, refusal.status);
}

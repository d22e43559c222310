import { acceptInvitation, type Invitee } from "@alivemcp/actions/invitations/accept-invitation";
import { findInvitation } from "@alivemcp/actions/invitations/find-invitation";
import { AppError } from "@alivemcp/core/app-error";
import { decideInvitationUse } from "@alivemcp/core/invitation";
import { findPerson } from "@alivemcp/db/queries/people-identity";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { invitationView } from "../invitations/invitation-view.ts";
import { requireViewer } from "../middleware/require-viewer.ts";
import { renderPage } from "../render-page.ts";
import { viewerOf } from "../viewer-of.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** `/invitations/<token>`: the link of an invitation mail. Who is not signed in sees whom it is for, and signs in. */
export function invitationRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/invitations/:token", (c) => showInvitation(deps, c, 200));

  routes.post("/invitations/:token", requireViewer(deps), async (c) => {
    const outcome = await acceptInvitation(deps, c.req.param("token"), await inviteeOf(deps, c));
    if (outcome.kind === "refused") {
      return showInvitation(deps, c, 409);
    }
    const { workspaceName, workspaceSlug } = outcome;
    const text =
      outcome.kind === "joined"
        ? `You belong to ${workspaceName} now.`
        : `You belong to ${workspaceName} already.`;
    c.var.flash({ tone: "good", text });
    return c.redirect(`/w/${workspaceSlug}/`, 303);
  });
  return routes;
}

async function inviteeOf(deps: Pick<Deps, "identityPool">, c: WebContext): Promise<Invitee> {
  const { userId } = viewerOf(c);
  const person = await findPerson(deps.identityPool, userId);
  if (person === null) {
    throw new AppError({
      code: "unauthenticated",
      internal: "person is gone",
      public: "You were signed out. Sign in and open the link again.",
    });
  }
  return { userId, ...person, requestId: c.var.requestId, address: c.var.address };
}

async function showInvitation(deps: Deps, c: WebContext, status: 200 | 409): Promise<Response> {
  const invitation = await findInvitation(deps, c.req.param("token") ?? "");
  if (invitation === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such invitation token",
      public:
        "There is no such invitation. Check that the whole link of the mail was copied, and that it is the newest one.",
    });
  }
  const decision =
    c.var.viewer === null
      ? null
      : decideInvitationUse(invitation, await inviteeOf(deps, c), deps.clock.nowMs());
  const body = invitationView(c, { invitation, decision, path: new URL(c.req.url).pathname });
  return c.html(await renderPage(c, { title: `Join ${invitation.workspaceName}`, body }), status);
}

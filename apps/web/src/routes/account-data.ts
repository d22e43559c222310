import { plainMail } from "@alivemcp/actions/plain-mail";
import {
  cancelPersonErasure,
  findErasureRequest,
  readPersonExport,
  requestPersonErasure,
} from "@alivemcp/db/queries/person-data-identity";
import { deleteSessionsOfUser } from "@alivemcp/db/queries/sessions-identity";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { dataView } from "../account/data-view.ts";
import type { Deps } from "../deps.ts";
import { type FormProblems, postedPassword, postedText } from "../forms/read-form.ts";
import { confirmPerson } from "../identity/confirm-person.ts";
import { recordAccountChange } from "../identity/record-account-change.ts";
import { listSignInMethods } from "../identity/sign-in-methods.ts";
import { renderPage } from "../render-page.ts";
import { viewerOf } from "../viewer-of.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** `/account/data`: what is kept of a person, to take along, and the end of their account. */
export function accountDataRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/account/data", (c) => showData(deps, c, {}, 200));

  routes.get("/account/data/export.json", async (c) => {
    const { userId } = viewerOf(c);
    const exported_at = new Date(deps.clock.nowMs()).toISOString();
    const lists = await readPersonExport(deps.identityPool, userId);
    await recordAccountChange(deps, c, { userId, action: "account.export" });
    c.header(
      "content-disposition",
      `attachment; filename="alivemcp-account-${exported_at.slice(0, 10)}.json"`,
    );
    return c.json({ exported_at, ...lists });
  });

  routes.post("/account/data/delete", (c) => deleteAccount(deps, c));

  routes.post("/account/data/keep", async (c) => {
    const { userId } = viewerOf(c);
    if (await cancelPersonErasure(deps.identityPool, userId)) {
      await recordAccountChange(deps, c, { userId, action: "account.keep" });
      c.var.flash({ tone: "good", text: "Your account stays." });
    }
    return c.redirect("/account/data", 303);
  });
  return routes;
}

async function deleteAccount(deps: Deps, c: WebContext): Promise<Response> {
  const { userId, email } = viewerOf(c);
  const owned = c.var.memberships.filter(({ role }) => role === "owner");
  if (owned.some(({ tenant }) => tenant.deletionDueAt === null)) {
    return showData(deps, c, {}, 409);
  }
  if ((await postedText(c, "confirmation")).trim().toLowerCase() !== email) {
    return showData(deps, c, { confirmation: "Type your address exactly as it is shown." }, 400);
  }
  if ((await confirmPerson(deps, c, await postedPassword(c))).kind === "wrong-password") {
    return showData(deps, c, { password: "That is not your password." }, 400);
  }
  if (await requestPersonErasure(deps.identityPool, userId, new Date(deps.clock.nowMs()))) {
    await recordAccountChange(deps, c, { userId, action: "account.delete" });
    deps.mailer.post(
      plainMail({
        to: email,
        subject: "Your AliveMCP account is being deleted",
        before: [
          owned.length === 0
            ? "You asked for it: within minutes nothing is left of your account."
            : "You asked for it: your account goes when the last workspace that you own is erased. Until then you can keep it, under Your data.",
          "If this was not you, write to the operators of this installation at once.",
        ],
      }),
    );
  }
  if (owned.length > 0) {
    c.var.flash({ tone: "good", text: "Your account goes with the last workspace that you own." });
    return c.redirect("/account/data", 303);
  }
  await deleteSessionsOfUser(deps.identityPool, userId);
  c.var.flash({ tone: "good", text: "You are signed out. Within minutes nothing is left of your account." });
  return c.redirect("/sign-in", 303);
}

async function showData(
  deps: Deps,
  c: WebContext,
  problems: FormProblems,
  status: ContentfulStatusCode,
): Promise<Response> {
  const viewer = viewerOf(c);
  const body = dataView(c, {
    viewer,
    memberships: c.var.memberships,
    hasPassword: (await listSignInMethods(deps, viewer.userId)).hasPassword,
    requestedAt: await findErasureRequest(deps.identityPool, viewer.userId),
    problems,
    given: c.req.method === "POST" ? await postedText(c, "confirmation") : "",
  });
  return c.html(await renderPage(c, { title: "Your data", section: "data", body }), status);
}

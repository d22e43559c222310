import { AppError } from "@alivemcp/core/app-error";
import { plainText } from "@alivemcp/core/plain-text";
import { deleteSession, deleteSessionsOfUser, listSessions } from "@alivemcp/db/queries/sessions-identity";
import { Hono } from "hono";
import { z } from "zod";
import { profileView } from "../account/account-view.ts";
import { sessionsView } from "../account/sessions-view.ts";
import type { Deps } from "../deps.ts";
import { emailInput } from "../forms/email-input.ts";
import { type FormProblems, postedText, readForm } from "../forms/read-form.ts";
import { confirmEmailChange, startEmailChange } from "../identity/change-email.ts";
import { recordAccountChange } from "../identity/record-account-change.ts";
import { changeName, listSignInMethods } from "../identity/sign-in-methods.ts";
import { renderPage } from "../render-page.ts";
import { linkVoidView, openLinkView } from "../sign-in/sign-in-view.ts";
import { viewerOf } from "../viewer-of.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const nameForm = z.object({ name: plainText(100) });
const emailForm = z.object({ newEmail: emailInput, password: z.string().max(1_000).default("") });
const sessionForm = z.object({ session: z.uuid("There is no such session.") });

/** A person's own account: name, address, sessions. */
export function accountRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  changeEmailRoutes(deps, routes);
  profileRoutes(deps, routes);
  sessionRoutes(deps, routes);
  return routes;
}

function profileRoutes(deps: Deps, routes: Hono<WebEnv>): void {
  const show = async (c: WebContext, problems: FormProblems = {}) => {
    const viewer = viewerOf(c);
    const { hasPassword } = await listSignInMethods(deps, viewer.userId);
    const isRefused = Object.keys(problems).length > 0;
    const given = isRefused
      ? {
          ...(problems.name && { name: await postedText(c, "name") }),
          newEmail: await postedText(c, "newEmail"),
        }
      : {};
    const body = profileView(c, { viewer, hasPassword, problems, given });
    return c.html(await renderPage(c, { title: "Profile", section: "account", body }), isRefused ? 400 : 200);
  };

  routes.get("/account", (c) => show(c));

  routes.post("/account/name", async (c) => {
    const form = await readForm(c, nameForm);
    if (form.kind === "refused") {
      return show(c, form.problems);
    }
    const { userId } = viewerOf(c);
    const { name } = form.values;
    await changeName(deps, { userId, name });
    await recordAccountChange(deps, c, { userId, action: "account.change_name", content: { name } });
    c.var.flash({ tone: "good", text: "Saved." });
    return c.redirect("/account", 303);
  });

  routes.post("/account/email", async (c) => {
    const form = await readForm(c, emailForm);
    const viewer = viewerOf(c);
    if (form.kind === "refused") {
      return show(c, form.problems);
    }
    const { newEmail, password } = form.values;
    if (newEmail === viewer.email) {
      return show(c, { newEmail: "This is your address already." });
    }
    const outcome = await startEmailChange(deps, c, {
      viewer,
      newEmail,
      password: password.normalize("NFKC"),
    });
    if (outcome.kind === "wrong-password") {
      return show(c, { password: "That is not your password." });
    }
    c.var.flash({ tone: "good", text: `We sent a link to ${newEmail}. Open it to use that address.` });
    return c.redirect("/account", 303);
  });
}

/** The link may be opened where nobody is signed in: the mailbox is often on another device. */
function changeEmailRoutes(deps: Deps, routes: Hono<WebEnv>): void {
  const title = "Use this address";
  routes.get("/change-email", async (c) => {
    const body = openLinkView(c, {
      title,
      sentence: "From now on your account uses this address, to sign in and for mails.",
      action: "/change-email",
      token: c.req.query("token") ?? "",
      label: title,
    });
    return c.html(await renderPage(c, { title, body }));
  });

  routes.post("/change-email", async (c) => {
    if (!(await confirmEmailChange(deps, c, await postedText(c, "token")))) {
      const body = linkVoidView({
        sentence: "Start again from your profile.",
        href: "/account",
        label: "Profile",
      });
      return c.html(await renderPage(c, { title: "Link no longer works", body }), 400);
    }
    c.var.flash({ tone: "good", text: "Your account uses the new address." });
    return c.redirect(c.var.viewer === null ? "/sign-in" : "/account", 303);
  });
}

function sessionRoutes(deps: Deps, routes: Hono<WebEnv>): void {
  routes.get("/account/sessions", async (c) => {
    const { userId, sessionId } = viewerOf(c);
    const sessions = await listSessions(deps.identityPool, userId);
    const body = sessionsView(c, { sessions, currentId: sessionId });
    return c.html(await renderPage(c, { title: "Sessions", section: "sessions", body }));
  });

  routes.post("/account/sessions/end", async (c) => {
    const form = await readForm(c, sessionForm);
    const { userId } = viewerOf(c);
    if (
      form.kind === "refused" ||
      !(await deleteSession(deps.identityPool, { id: form.values.session, userId }))
    ) {
      throw new AppError({
        code: "not_found",
        internal: "no such session of this person",
        public: "That session is over already.",
      });
    }
    await recordAccountChange(deps, c, { userId, action: "account.end_session" });
    c.var.flash({ tone: "good", text: "Signed out." });
    return c.redirect("/account/sessions", 303);
  });

  routes.post("/account/sessions/end-others", async (c) => {
    const { userId, sessionId } = viewerOf(c);
    const ended = await deleteSessionsOfUser(deps.identityPool, userId, { exceptSessionId: sessionId });
    await recordAccountChange(deps, c, { userId, action: "account.end_other_sessions" });
    c.var.flash({ tone: "good", text: ended === 1 ? "One session ended." : `${ended} sessions ended.` });
    return c.redirect("/account/sessions", 303);
  });
}

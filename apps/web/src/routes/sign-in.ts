import { Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { emailInput } from "../forms/email-input.ts";
import { type FormProblems, postedText, readForm } from "../forms/read-form.ts";
import { callAuth, setCookies } from "../identity/call-auth.ts";
import { finishSignIn } from "../identity/finish-sign-in.ts";
import { finishGitHub, GITHUB_CALLBACK_PATH, hasGitHub, startGitHub } from "../identity/git-hub.ts";
import { passwordInput } from "../identity/password-rules.ts";
import { recordAccountChange } from "../identity/record-account-change.ts";
import { signInWithCode } from "../identity/second-factor.ts";
import { signInWithPassword } from "../identity/sign-in.ts";
import { openSignInLink, sendSignInLink } from "../identity/sign-in-link.ts";
import { resendSignUp } from "../identity/sign-up.ts";
import { tellAccountChange } from "../identity/tell-account-change.ts";
import { localPath } from "../local-path.ts";
import { rememberEmail } from "../remembered-email.ts";
import { renderPage } from "../render-page.ts";
import { codeView, linkVoidView, mailSentView, openLinkView, signInView } from "../sign-in/sign-in-view.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const signInForm = z.object({ email: emailInput, password: passwordInput });
const linkForm = z.object({ email: emailInput });

/** The ways in: password, mailed link, GitHub, and the code that may be asked for after each. */
export function signInRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const show = async (c: WebContext, problems: FormProblems, status: 200 | 400 = 200) => {
    const posted = c.req.method === "POST";
    const body = signInView(c, {
      email: posted ? await postedText(c, "email") : "",
      next: localPath(posted ? await postedText(c, "next") : c.req.query("next")),
      problems,
      hasGitHub: hasGitHub(deps.config),
    });
    return c.html(await renderPage(c, { title: "Sign in", body }), status);
  };

  routes.get("/sign-in", async (c) =>
    c.var.viewer === null ? show(c, {}) : c.redirect(localPath(c.req.query("next"))),
  );

  routes.post("/sign-in", async (c) => {
    const form = await readForm(c, signInForm);
    if (form.kind === "refused") {
      return show(c, form.problems, 400);
    }
    const outcome = await signInWithPassword(deps, c, form.values);
    switch (outcome.kind) {
      case "wrong":
        return show(c, { form: "Address or password is wrong." }, 400);
      case "unconfirmed":
        await resendSignUp(deps, { email: form.values.email, address: c.var.address });
        rememberEmail(deps, c, form.values.email);
        c.var.flash({ tone: "bad", text: "Confirm your address first; we mailed you the link again." });
        return c.redirect("/sign-up/sent", 303);
      case "answered": {
        const next = localPath(await postedText(c, "next"));
        return c.redirect(await finishSignIn(deps, c, { answer: outcome.answer, next }), 303);
      }
    }
  });

  routes.post("/sign-out", async (c) => {
    const answer = await callAuth(c, (headers) => deps.auth.api.signOut({ headers, asResponse: true }));
    setCookies(c, answer);
    return c.redirect("/sign-in", 303);
  });

  linkRoutes(deps, routes, show);
  codeRoutes(deps, routes);
  gitHubRoutes(deps, routes);
  return routes;
}

function linkRoutes(
  deps: Deps,
  routes: Hono<WebEnv>,
  showSignIn: (c: WebContext, problems: FormProblems, status: 400) => Promise<Response>,
): void {
  routes.post("/sign-in/link", async (c) => {
    const form = await readForm(c, linkForm);
    if (form.kind === "refused") {
      return showSignIn(c, form.problems, 400);
    }
    const next = localPath(await postedText(c, "next"));
    await sendSignInLink(deps, { email: form.values.email, next, address: c.var.address });
    return c.redirect("/sign-in/link-sent", 303);
  });

  routes.get("/sign-in/link-sent", async (c) => {
    const body = mailSentView({
      title: "Look into your mailbox",
      sentence: "If there is an account with this address, a link to sign in is on its way to it.",
      again: "",
    });
    return c.html(await renderPage(c, { title: "Look into your mailbox", body }));
  });

  routes.get("/sign-in/link", async (c) => {
    const body = openLinkView(c, {
      title: "Sign in",
      sentence: "This link works once.",
      action: "/sign-in/link/open",
      token: c.req.query("token") ?? "",
      label: "Sign in",
    });
    return c.html(await renderPage(c, { title: "Sign in", body }));
  });

  routes.post("/sign-in/link/open", async (c) => {
    const opened = await openSignInLink(deps, c, await postedText(c, "token"));
    if (opened?.answer.kind !== "ok") {
      const body = linkVoidView({ sentence: "Ask for a new one.", href: "/sign-in", label: "Sign in" });
      return c.html(await renderPage(c, { title: "Link no longer works", body }), 400);
    }
    const next = localPath(opened.next);
    return c.redirect(await finishSignIn(deps, c, { answer: opened.answer, next }), 303);
  });
}

function codeRoutes(deps: Deps, routes: Hono<WebEnv>): void {
  const show = async (c: WebContext, next: string, problem?: string) =>
    c.html(
      await renderPage(c, { title: "Enter your code", body: codeView(c, { next, problem }) }),
      problem ? 400 : 200,
    );
  routes.get("/sign-in/code", (c) => show(c, localPath(c.req.query("next"))));
  routes.post("/sign-in/code", async (c) => {
    const next = localPath(await postedText(c, "next"));
    const code = (await postedText(c, "code")).replace(/\s/g, "");
    const outcome = await signInWithCode(deps, c, code);
    switch (outcome.kind) {
      case "wrong":
        return show(c, next, "That is not the right code; it changes every 30 seconds.");
      case "over":
        c.var.flash({ tone: "bad", text: "That code cannot be used any more. Please sign in again." });
        return c.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
      case "ok":
        return c.redirect(await finishSignIn(deps, c, { answer: outcome.answer, next }), 303);
    }
  });
}

function gitHubRoutes(deps: Deps, routes: Hono<WebEnv>): void {
  routes.post("/sign-in/github", async (c) => {
    const next = localPath(await postedText(c, "next"));
    return c.redirect(await startGitHub(deps, c, { next, purpose: "sign-in" }), 303);
  });
  routes.get(GITHUB_CALLBACK_PATH, async (c) => {
    const { viewer } = c.var;
    const outcome = await finishGitHub(deps, c);
    if (outcome.kind === "failed") {
      c.var.flash({ tone: "bad", text: outcome.sentence });
      return c.redirect(viewer === null ? "/sign-in" : "/account/security");
    }
    // A sign-in may have been begun before the one that this browser is in now.
    if (viewer === null || outcome.isSignIn) {
      return c.redirect(await finishSignIn(deps, c, outcome));
    }
    setCookies(c, outcome.answer);
    await recordAccountChange(deps, c, { userId: viewer.userId, action: "account.connect_github" });
    await tellAccountChange(deps, viewer.email, "github-connected");
    return c.redirect(outcome.next);
  });
}

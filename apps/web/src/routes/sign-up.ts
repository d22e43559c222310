import { randomBytes } from "node:crypto";
import { plainText } from "@alivemcp/core/plain-text";
import { Hono } from "hono";
import { html } from "hono/html";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { emailInput } from "../forms/email-input.ts";
import { postedPassword, postedText, readForm } from "../forms/read-form.ts";
import { finishSignIn } from "../identity/finish-sign-in.ts";
import { hasGitHub } from "../identity/git-hub.ts";
import { judgePassword, passwordInput } from "../identity/password-rules.ts";
import { confirmSignUp, resendSignUp, startSignUp } from "../identity/sign-up.ts";
import { localPath } from "../local-path.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { recallEmail, rememberEmail } from "../remembered-email.ts";
import { renderPage } from "../render-page.ts";
import { linkVoidView, mailSentView, openLinkView, signUpView } from "../sign-in/sign-in-view.ts";
import { formField } from "../views/form-field.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const signUpForm = z.object({
  name: plainText(100),
  email: emailInput,
  password: passwordInput,
  next: z.string().optional(),
});

/** Knows the browser that signed up when the link of the mail is opened in it; lives as long as the link. */
const BROWSER_COOKIE = "sign-up";
const BROWSER_COOKIE_LIFE_S = 24 * 3600;

/** Signing up: the form, the mail, the link in it. */
export function signUpRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();

  const showForm = async (
    c: WebContext,
    given: Omit<Parameters<typeof signUpView>[1], "hasGitHub">,
    status: 200 | 400 = 200,
  ) => {
    const body = signUpView(c, { ...given, hasGitHub: hasGitHub(deps.config) });
    return c.html(await renderPage(c, { title: "Sign up", body }), status);
  };

  routes.get("/sign-up", async (c) => {
    const next = localPath(c.req.query("next"));
    return c.var.viewer === null
      ? showForm(c, { name: "", email: "", next, problems: {} })
      : c.redirect(next);
  });

  routes.post("/sign-up", async (c) => {
    const form = await readForm(c, signUpForm);
    const next = localPath(await postedText(c, "next"));
    const given = { name: await postedText(c, "name"), email: await postedText(c, "email"), next };
    if (form.kind === "refused") {
      return showForm(c, { ...given, problems: form.problems }, 400);
    }
    const { name, email, password } = form.values;
    const problem = judgePassword(password, email);
    if (problem !== null) {
      return showForm(c, { ...given, problems: { password: problem } }, 400);
    }
    const browser = deps.cookies.read(c, BROWSER_COOKIE) ?? randomBytes(16).toString("base64url");
    deps.cookies.write(c, BROWSER_COOKIE, browser, BROWSER_COOKIE_LIFE_S);
    await startSignUp(deps, { name, email, password, next, browser, address: c.var.address });
    rememberEmail(deps, c, email);
    return c.redirect("/sign-up/sent", 303);
  });

  mailRoutes(deps, routes);
  return routes;
}

/** After the form: the mail, the mail again, and the link in it. */
function mailRoutes(deps: Deps, routes: Hono<WebEnv>): void {
  routes.get("/sign-up/sent", async (c) => {
    const email = recallEmail(deps, c);
    const again =
      email === null
        ? ""
        : html`<form method="post" action="/sign-up/resend">${csrfField(c)}<p><button class="second" type="submit">Send it again</button></p></form>`;
    const body = mailSentView({
      title: "Confirm your address",
      sentence: `We sent a mail to ${email ?? "your address"}. Open the link in it to begin.`,
      again,
    });
    return c.html(await renderPage(c, { title: "Confirm your address", body }));
  });

  routes.post("/sign-up/resend", async (c) => {
    const email = recallEmail(deps, c);
    if (email === null) {
      return c.redirect("/sign-up", 303);
    }
    await resendSignUp(deps, { email, address: c.var.address });
    c.var.flash({ tone: "good", text: "Sent again." });
    return c.redirect("/sign-up/sent", 303);
  });

  routes.get("/sign-up/confirm", async (c) => {
    const body = openLinkView(c, {
      title: "Confirm your address",
      sentence: "This makes your account and signs you in.",
      action: "/sign-up/confirm",
      token: c.req.query("token") ?? "",
      label: "Confirm address",
    });
    return c.html(await renderPage(c, { title: "Confirm your address", body }));
  });

  routes.post("/sign-up/confirm", async (c) => {
    const token = await postedText(c, "token");
    const confirmed = await confirmSignUp(deps, c, {
      token,
      browser: deps.cookies.read(c, BROWSER_COOKIE),
      password: await postedPassword(c),
    });
    if (confirmed.kind === "password-needed" || confirmed.kind === "wrong-password") {
      const body = openLinkView(c, {
        title: "Confirm your address",
        sentence: "Type the password that you signed up with. If it was not you who did, sign up yourself.",
        action: "/sign-up/confirm",
        token,
        label: "Confirm address",
        field: formField({
          name: "password",
          label: "Your password",
          type: "password",
          problem:
            confirmed.kind === "wrong-password" ? "That is not the password of this sign-up." : undefined,
          autocomplete: "current-password",
          maxlength: 1_000,
        }),
      });
      return c.html(await renderPage(c, { title: "Confirm your address", body }), 400);
    }
    if (confirmed.kind === "void" || confirmed.answer.kind !== "ok") {
      const body = linkVoidView({
        sentence: "If your address is confirmed, just sign in; if not, sign up again.",
        href: "/sign-in",
        label: "Sign in",
      });
      return c.html(await renderPage(c, { title: "Link no longer works", body }), 400);
    }
    const target = await finishSignIn(deps, c, { answer: confirmed.answer, next: localPath(confirmed.next) });
    c.var.flash({ tone: "good", text: "Your address is confirmed. Welcome." });
    return c.redirect(target, 303);
  });
}

import { Hono } from "hono";
import { z } from "zod";
import {
  recoveryCodesView,
  type SecurityModel,
  securityView,
  setUpCodesView,
} from "../account/security-view.ts";
import type { Deps } from "../deps.ts";
import { postedPassword, postedText, readForm } from "../forms/read-form.ts";
import { changePassword } from "../identity/change-password.ts";
import { confirmPerson } from "../identity/confirm-person.ts";
import { hasGitHub, startGitHub } from "../identity/git-hub.ts";
import { passwordInput } from "../identity/password-rules.ts";
import { recordAccountChange } from "../identity/record-account-change.ts";
import {
  endSecondFactor,
  finishSecondFactor,
  renewRecoveryCodes,
  secondFactorState,
  startSecondFactor,
  waitingSecret,
} from "../identity/second-factor.ts";
import { disconnectGitHub, listSignInMethods } from "../identity/sign-in-methods.ts";
import { renderPage } from "../render-page.ts";
import { viewerOf } from "../viewer-of.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

type Refused = SecurityModel["refused"];
type Show = (c: WebContext, refused?: Refused) => Promise<Response>;

const passwordForm = z.object({ password: passwordInput.default(""), newPassword: passwordInput });
const WRONG_PASSWORD = { password: "That is not your password." };
const SECURITY = "/account/security";

/** How a person proves who they are: password, codes of an app, GitHub. */
export function accountSecurityRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const show: Show = async (c, refused = null) => {
    const { userId } = viewerOf(c);
    const methods = await listSignInMethods(deps, userId);
    const body = securityView(c, {
      hasPassword: methods.hasPassword,
      secondFactor: await secondFactorState(deps, userId),
      isGitHubConnected: hasGitHub(deps.config) ? methods.isGitHubConnected : null,
      refused,
    });
    return c.html(
      await renderPage(c, { title: "Security", section: "security", body }),
      refused === null ? 200 : 400,
    );
  };
  routes.get(SECURITY, (c) => show(c));
  passwordRoutes(deps, routes, show);
  codeRoutes(deps, routes, show);
  gitHubRoutes(deps, routes, show);
  return routes;
}

function passwordRoutes(deps: Deps, routes: Hono<WebEnv>, show: Show): void {
  routes.post("/account/password", async (c) => {
    const form = await readForm(c, passwordForm);
    if (form.kind === "refused") {
      return show(c, { form: "password", problems: form.problems });
    }
    const { password: current, newPassword: password } = form.values;
    const outcome = await changePassword(deps, c, { viewer: viewerOf(c), current, password });
    switch (outcome.kind) {
      case "wrong-password":
        return show(c, { form: "password", problems: WRONG_PASSWORD });
      case "refused":
        return show(c, { form: "password", problems: { newPassword: outcome.problem } });
      case "done":
        c.var.flash({ tone: "good", text: "Your password is changed; every other device is signed out." });
        return c.redirect(SECURITY, 303);
    }
  });
}

function codeRoutes(deps: Deps, routes: Hono<WebEnv>, show: Show): void {
  const wrongPassword = (c: WebContext) => show(c, { form: "codes", problems: WRONG_PASSWORD });
  const showCodes = async (c: WebContext, codes: readonly string[]) =>
    c.html(
      await renderPage(c, { title: "Recovery codes", section: "security", body: recoveryCodesView(codes) }),
    );
  const showSetUp = async (c: WebContext, problem?: string) => {
    const waiting = await waitingSecret(deps, viewerOf(c));
    if (waiting === null) {
      return c.redirect(SECURITY, 303);
    }
    const body = setUpCodesView(c, { ...waiting, problem });
    return c.html(
      await renderPage(c, { title: "Set up codes", section: "security", body }),
      problem ? 400 : 200,
    );
  };

  routes.post("/account/codes/start", async (c) =>
    (await startSecondFactor(deps, c, await postedPassword(c))) === "wrong-password"
      ? wrongPassword(c)
      : c.redirect("/account/codes", 303),
  );
  routes.get("/account/codes", (c) => showSetUp(c));
  routes.post("/account/codes/confirm", async (c) => {
    const code = (await postedText(c, "code")).replace(/\s/g, "");
    const codes = await finishSecondFactor(deps, c, { viewer: viewerOf(c), code });
    return codes === "wrong"
      ? showSetUp(c, "That is not the right code; it changes every 30 seconds.")
      : showCodes(c, codes);
  });
  routes.post("/account/codes/renew", async (c) => {
    const codes = await renewRecoveryCodes(deps, c, {
      viewer: viewerOf(c),
      password: await postedPassword(c),
    });
    return codes === "wrong-password" ? wrongPassword(c) : showCodes(c, codes);
  });
  routes.post("/account/codes/off", async (c) => {
    const ended = await endSecondFactor(deps, c, { viewer: viewerOf(c), password: await postedPassword(c) });
    if (ended === "wrong-password") {
      return wrongPassword(c);
    }
    c.var.flash({ tone: "good", text: "Codes are off; every other device is signed out." });
    return c.redirect(SECURITY, 303);
  });
}

function gitHubRoutes(deps: Deps, routes: Hono<WebEnv>, show: Show): void {
  const wrongPassword = (c: WebContext) => show(c, { form: "github", problems: WRONG_PASSWORD });
  const isConfirmed = async (c: WebContext) =>
    (await confirmPerson(deps, c, await postedPassword(c))).kind === "confirmed";
  // Another way in stays when the password is changed, so a borrowed session must not be able to add one.
  routes.post("/account/github/connect", async (c) =>
    (await isConfirmed(c))
      ? c.redirect(await startGitHub(deps, c, { next: SECURITY, purpose: "connect" }), 303)
      : wrongPassword(c),
  );
  routes.post("/account/github/disconnect", async (c) => {
    const { userId } = viewerOf(c);
    if (!(await isConfirmed(c))) {
      return wrongPassword(c);
    }
    await disconnectGitHub(deps, userId);
    await recordAccountChange(deps, c, { userId, action: "account.disconnect_github" });
    c.var.flash({ tone: "good", text: "GitHub is disconnected." });
    return c.redirect(SECURITY, 303);
  });
}

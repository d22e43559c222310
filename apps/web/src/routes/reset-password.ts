import { Hono } from "hono";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { emailInput } from "../forms/email-input.ts";
import { postedText, readForm } from "../forms/read-form.ts";
import { passwordInput } from "../identity/password-rules.ts";
import { resetPassword, sendPasswordReset } from "../identity/reset-password.ts";
import { renderPage } from "../render-page.ts";
import { forgotPasswordView, linkVoidView, mailSentView, newPasswordView } from "../sign-in/sign-in-view.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const forgotForm = z.object({ email: emailInput });
const resetForm = z.object({ token: z.string(), password: passwordInput });

/** A forgotten password: the mail, and the form that its link opens. */
export function resetPasswordRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const title = "Set a new password";

  routes.get("/forgot-password", async (c) =>
    c.html(await renderPage(c, { title, body: forgotPasswordView(c, { email: "", problems: {} }) })),
  );

  routes.post("/forgot-password", async (c) => {
    const form = await readForm(c, forgotForm);
    if (form.kind === "refused") {
      const email = await postedText(c, "email");
      const body = forgotPasswordView(c, { email, problems: form.problems });
      return c.html(await renderPage(c, { title, body }), 400);
    }
    await sendPasswordReset(deps, { email: form.values.email, address: c.var.address });
    return c.redirect("/forgot-password/sent", 303);
  });

  routes.get("/forgot-password/sent", async (c) => {
    const body = mailSentView({
      title: "Look into your mailbox",
      sentence: "If there is an account with this address, a link to set a new password is on its way to it.",
      again: "",
    });
    return c.html(await renderPage(c, { title, body }));
  });

  const showNew = async (c: WebContext, token: string, problem?: string) =>
    c.html(await renderPage(c, { title, body: newPasswordView(c, { token, problem }) }), problem ? 400 : 200);

  routes.get("/reset-password", (c) => showNew(c, c.req.query("token") ?? ""));

  routes.post("/reset-password", async (c) => {
    const form = await readForm(c, resetForm);
    if (form.kind === "refused") {
      return showNew(c, await postedText(c, "token"), form.problems.password ?? "Give a password.");
    }
    const outcome = await resetPassword(deps, c, form.values);
    switch (outcome.kind) {
      case "refused":
        return showNew(c, form.values.token, outcome.problem);
      case "link-void": {
        const body = linkVoidView({ sentence: "Ask for a new one.", href: "/forgot-password", label: title });
        return c.html(await renderPage(c, { title: "Link no longer works", body }), 400);
      }
      case "done":
        c.var.flash({ tone: "good", text: "Your password is set. Sign in with it." });
        return c.redirect("/sign-in", 303);
    }
  });

  return routes;
}

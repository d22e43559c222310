import { html, raw } from "hono/html";
import { renderSVG } from "uqr";
import type { FormProblems } from "../forms/read-form.ts";
import type { SecondFactorState } from "../identity/second-factor.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { formField } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";
import { passwordAgain } from "./account-view.ts";

export interface SecurityModel {
  readonly hasPassword: boolean;
  readonly secondFactor: SecondFactorState;
  /** Null: GitHub is not set up here. */
  readonly isGitHubConnected: boolean | null;
  /** Of which form the problems are. */
  readonly refused: {
    readonly form: "password" | "codes" | "github";
    readonly problems: FormProblems;
  } | null;
}

export function securityView(c: WebContext, model: SecurityModel): Html {
  const problemsOf = (form: string): FormProblems =>
    model.refused?.form === form ? model.refused.problems : {};
  return html`<h1>Security</h1>
${passwordSection(c, model.hasPassword, problemsOf("password"))}
${codesSection(c, model, problemsOf("codes"))}
${model.isGitHubConnected === null ? "" : gitHubSection(c, model, problemsOf("github"))}`;
}

function passwordSection(c: WebContext, hasPassword: boolean, problems: FormProblems): Html {
  return html`<section aria-labelledby="password-heading"><h2 id="password-heading">Password</h2>
<p>${hasPassword ? "Changing it signs out every other device." : "You have none: you sign in by mailed link or with GitHub. You may set one."}</p>
<form class="stack" method="post" action="/account/password">${csrfField(c)}
${passwordAgain(hasPassword, "current-password-change", problems.password)}
${formField({ name: "newPassword", label: "New password", type: "password", problem: problems.newPassword, autocomplete: "new-password", maxlength: 1_000, hint: "At least 10 characters." })}
<p class="row"><button type="submit">${hasPassword ? "Change password" : "Set password"}</button></p></form></section>`;
}

function codesSection(c: WebContext, model: SecurityModel, problems: FormProblems): Html {
  const again = passwordAgain(model.hasPassword, "current-password-codes", problems.password);
  const isOn = model.secondFactor === "on";
  return html`<section aria-labelledby="codes-heading"><h2 id="codes-heading">Codes of an authenticator app</h2>
<p>${isOn ? html`<b>On.</b> Every sign-in asks for a code.` : "Off. With an app such as Aegis, 1Password or Google Authenticator, a stolen password alone opens nothing."}</p>
${
  isOn
    ? html`<form class="stack" method="post" action="/account/codes/renew">${csrfField(c)}${again}
<p class="row"><button type="submit">Make new recovery codes</button> <button class="second" type="submit" formaction="/account/codes/off">Turn codes off</button></p></form>`
    : html`<form class="stack" method="post" action="/account/codes/start">${csrfField(c)}${again}
<p class="row"><button type="submit">Set up codes</button></p></form>`
}</section>`;
}

function gitHubSection(c: WebContext, model: SecurityModel, problems: FormProblems): Html {
  return html`<section aria-labelledby="github-heading"><h2 id="github-heading">GitHub</h2>
${
  model.isGitHubConnected
    ? html`<p><b>Connected.</b> You can sign in with GitHub.</p><form class="stack" method="post" action="/account/github/disconnect">${csrfField(c)}${passwordAgain(model.hasPassword, "current-password-github", problems.password)}<p class="row"><button class="second" type="submit">Disconnect</button></p></form>`
    : html`<p>Not connected.</p><form class="stack" method="post" action="/account/github/connect">${csrfField(c)}${passwordAgain(model.hasPassword, "current-password-github", problems.password)}<p class="row"><button class="second" type="submit">Connect GitHub</button></p></form>`
}</section>`;
}

/** The secret as a picture and as text, and the field for the first code. */
export function setUpCodesView(
  c: WebContext,
  input: { readonly uri: string; readonly secret: string; readonly problem: string | undefined },
): Html {
  const spaced = input.secret.replace(/(.{4})(?=.)/g, "$1 ");
  // Made of the address and a random secret by the library: black squares and nothing of the text itself.
  const picture = raw(renderSVG(input.uri, { border: 2 }));
  return html`<div class="narrow"><h1>Set up codes</h1>
<ol><li><p>Scan this with your authenticator app, or type the key in.</p>
<div class="qr" role="img" aria-label="QR code with the key below">${picture}</div>
<p>Key: <code>${spaced}</code></p></li>
<li><p>Type the code that the app shows now.</p>
<form class="stack" method="post" action="/account/codes/confirm">${csrfField(c)}
${formField({ name: "code", label: "Code", problem: input.problem, autocomplete: "one-time-code", inputmode: "numeric", maxlength: 10 })}
<p class="row"><button type="submit">Turn codes on</button></p></form></li></ol></div>`;
}

/** Shown once, in the answer to the form that made them. */
export function recoveryCodesView(codes: readonly string[]): Html {
  return html`<div class="narrow"><h1>Your recovery codes</h1>
<p class="notice notice-bad"><b>Keep them now: they are not shown again.</b> Each signs you in once when the app is out of reach.</p>
<ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<p><a class="button" href="/account/security">I have kept them</a></p></div>`;
}

import { html } from "hono/html";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { formField, formProblem } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

const query = (next: string) => (next === "/" ? "" : `?next=${encodeURIComponent(next)}`);

export function signInView(
  c: WebContext,
  input: {
    readonly email: string;
    readonly next: string;
    readonly problems: FormProblems;
    readonly hasGitHub: boolean;
  },
): Html {
  const { email, next, problems } = input;
  return html`<div class="narrow"><h1>Sign in</h1>
${formProblem(problems.form)}
<form class="stack" method="post" action="/sign-in">${csrfField(c)}<input type="hidden" name="next" value="${next}">
${formField({ name: "email", label: "E-mail", type: "email", value: email, problem: problems.email, autocomplete: "username", maxlength: 254 })}
${formField({ name: "password", label: "Password", type: "password", problem: problems.password, autocomplete: "current-password", maxlength: 1_000 })}
<p class="row"><button type="submit">Sign in</button> <button class="second" type="submit" formaction="/sign-in/link" formnovalidate>Mail me a link instead</button></p>
</form>
${input.hasGitHub ? gitHubForm(c, next) : ""}
<p><a href="/forgot-password">Forgot your password?</a></p>
<p>New here? <a href="/sign-up${query(next)}">Sign up</a></p></div>`;
}

const gitHubForm = (c: WebContext, next: string) =>
  html`<form method="post" action="/sign-in/github">${csrfField(c)}<input type="hidden" name="next" value="${next}">
<p><button class="second" type="submit">Continue with GitHub</button></p></form>`;

export function signUpView(
  c: WebContext,
  input: {
    readonly name: string;
    readonly email: string;
    readonly next: string;
    readonly problems: FormProblems;
    readonly hasGitHub: boolean;
  },
): Html {
  const { name, email, next, problems } = input;
  return html`<div class="narrow"><h1>Sign up</h1>
<p class="lead">Know within a minute when an MCP server that you depend on stops answering.</p>
${formProblem(problems.form)}
<form class="stack" method="post" action="/sign-up">${csrfField(c)}<input type="hidden" name="next" value="${next}">
${formField({ name: "name", label: "Name", value: name, problem: problems.name, autocomplete: "name", maxlength: 100 })}
${formField({ name: "email", label: "E-mail", type: "email", value: email, problem: problems.email, autocomplete: "username", maxlength: 254, hint: "We mail a link to it; nobody but your colleagues sees it." })}
${formField({ name: "password", label: "Password", type: "password", problem: problems.password, autocomplete: "new-password", maxlength: 1_000, hint: "At least 10 characters." })}
<p class="row"><button type="submit">Sign up</button></p>
</form>
${input.hasGitHub ? gitHubForm(c, next) : ""}
<p>You have an account? <a href="/sign-in${query(next)}">Sign in</a></p></div>`;
}

/** Says that a mail is on its way, in words that are true whether or not there is an account. */
export function mailSentView(input: {
  readonly title: string;
  readonly sentence: string;
  readonly again: Html | "";
}): Html {
  return html`<div class="narrow"><h1>${input.title}</h1><p>${input.sentence}</p>
<p class="faint">It should be there within a minute; look among unwanted mail too.</p>${input.again}
<p><a href="/sign-in">Back to sign in</a></p></div>`;
}

/** Asks before it uses a mailed link up: programs that scan mails open links, but press no buttons. */
export function openLinkView(
  c: WebContext,
  input: {
    readonly title: string;
    readonly sentence: string;
    readonly action: string;
    readonly token: string;
    readonly label: string;
    /** What has to be typed beside opening the link. */
    readonly field?: Html;
  },
): Html {
  return html`<div class="narrow"><h1>${input.title}</h1><p>${input.sentence}</p>
<form method="post" action="${input.action}">${csrfField(c)}<input type="hidden" name="token" value="${input.token}">${input.field ?? ""}
<p><button type="submit">${input.label}</button></p></form></div>`;
}

export function linkVoidView(input: {
  readonly sentence: string;
  readonly href: string;
  readonly label: string;
}): Html {
  return html`<div class="narrow"><h1>This link no longer works</h1>
<p>It was used already, it expired, or a newer one took its place. ${input.sentence}</p>
<p><a class="button" href="${input.href}">${input.label}</a></p></div>`;
}

export function codeView(
  c: WebContext,
  input: { readonly next: string; readonly problem: string | undefined },
): Html {
  return html`<div class="narrow"><h1>Enter your code</h1>
<form class="stack" method="post" action="/sign-in/code">${csrfField(c)}<input type="hidden" name="next" value="${input.next}">
${formField({ name: "code", label: "Code", problem: input.problem, autocomplete: "one-time-code", maxlength: 20, hint: "Six digits of your authenticator app, or one of your recovery codes." })}
<p class="row"><button type="submit">Continue</button></p></form>
<p><a href="/sign-in">Start again</a></p></div>`;
}

export function forgotPasswordView(
  c: WebContext,
  input: { readonly email: string; readonly problems: FormProblems },
): Html {
  return html`<div class="narrow"><h1>Set a new password</h1><p>We mail you a link. It works for an hour.</p>
${formProblem(input.problems.form)}
<form class="stack" method="post" action="/forgot-password">${csrfField(c)}
${formField({ name: "email", label: "E-mail", type: "email", value: input.email, problem: input.problems.email, autocomplete: "username", maxlength: 254 })}
<p class="row"><button type="submit">Send the link</button></p></form>
<p><a href="/sign-in">Back to sign in</a></p></div>`;
}

export function newPasswordView(
  c: WebContext,
  input: { readonly token: string; readonly problem: string | undefined },
): Html {
  return html`<div class="narrow"><h1>Your new password</h1><p>Every device will be signed out.</p>
<form class="stack" method="post" action="/reset-password">${csrfField(c)}<input type="hidden" name="token" value="${input.token}">
${formField({ name: "password", label: "New password", type: "password", problem: input.problem, autocomplete: "new-password", maxlength: 1_000, hint: "At least 10 characters." })}
<p class="row"><button type="submit">Set password</button></p></form></div>`;
}

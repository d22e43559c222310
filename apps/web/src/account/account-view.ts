import { html } from "hono/html";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { formField } from "../views/form-field.ts";
import type { Html } from "../views/html.ts";
import type { Viewer, WebContext } from "../web-env.ts";

/** Name and address. `given` is what was just refused, to show it again. */
export function profileView(
  c: WebContext,
  input: {
    readonly viewer: Viewer;
    readonly hasPassword: boolean;
    readonly problems: FormProblems;
    readonly given: { readonly name?: string; readonly newEmail?: string };
  },
): Html {
  const { viewer, problems, given } = input;
  return html`<h1>Profile</h1>
<section aria-labelledby="name-heading"><h2 id="name-heading">Name</h2>
<form class="stack" method="post" action="/account/name">${csrfField(c)}
${formField({ name: "name", label: "Name", value: given.name ?? viewer.name, problem: problems.name, autocomplete: "name", maxlength: 100, hint: "Your colleagues see it." })}
<p class="row"><button type="submit">Save name</button></p></form></section>
<section aria-labelledby="email-heading"><h2 id="email-heading">E-mail</h2>
<p>Mails go to <b>${viewer.email}</b>.</p>
<form class="stack" method="post" action="/account/email">${csrfField(c)}
${formField({ name: "newEmail", label: "New address", type: "email", value: given.newEmail ?? "", problem: problems.newEmail, autocomplete: "email", maxlength: 254, hint: "We mail a link to it. Nothing changes before you open that." })}
${passwordAgain(input.hasPassword, "current-password-email", problems.password)}
<p class="row"><button type="submit">Send the link</button></p></form></section>`;
}

/** Asked for before anything that could lock the person out. Who has no password must have signed in lately instead. */
export function passwordAgain(hasPassword: boolean, id: string, problem: string | undefined): Html | "" {
  return hasPassword
    ? formField({
        id,
        name: "password",
        label: "Your password",
        type: "password",
        problem,
        autocomplete: "current-password",
        maxlength: 1_000,
      })
    : "";
}

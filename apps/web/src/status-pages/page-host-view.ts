import type { PageHostProof } from "@alivemcp/actions/status-pages/page-host";
import { html } from "hono/html";
import { textField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";

export interface PageHostModel {
  /** That the page is shown at; null: at none of its own. */
  readonly host: string | null;
  /** As typed. */
  readonly typed: string;
  /** Of the last look; null before the first. */
  readonly proof: PageHostProof | null;
  readonly problems: FormProblems;
}

/** Where a page gets a host name of its own: what to put into DNS, a button that looks, and one that gives it back. */
export function pageHostView(
  c: WebContext,
  model: PageHostModel & { readonly action: string; readonly publicUrl: string },
): Html {
  const { host, typed, proof, problems, action, publicUrl } = model;
  return html`<section aria-labelledby="host-title"><h2 id="host-title">Own host name</h2>
${
  host === null
    ? html`<p>Show this page at a name of yours, such as status.example.com, too.</p>`
    : html`<p>This page is at <a href="https://${host}/">${host}</a>, and at its address here.</p>
<form method="post" action="${action}/delete">${csrfField(c)}<button class="quiet" type="submit">Give up ${host}</button></form>`
}
${problems.form === undefined ? "" : html`<p class="problem" role="alert">${problems.form}</p>`}
<form class="endpoint-form" method="post" action="${action}">${csrfField(c)}
${textField({ name: "host", label: "Host name", value: typed, maxlength: 253, isRequired: true, isCode: true, placeholder: "status.example.com" }, problems)}
${proof === null ? html`<p class="hint">The next step says which DNS record proves that it is yours.</p>` : steps(proof, new URL(publicUrl).hostname)}
<p class="row"><button type="submit">${proof === null ? "Go on" : "Look again"}</button></p></form></section>`;
}

function steps({ host, dnsName, proof, sentence }: PageHostProof, target: string): Html {
  return html`<p class="problem" role="status">${sentence}</p>
<ol><li>Add a TXT record <code>${dnsName}</code> with the text <code>${proof}</code></li>
<li>Lead <code>${host}</code> here: a CNAME record to <code>${target}</code></li>
<li>Then look again.</li></ol>`;
}

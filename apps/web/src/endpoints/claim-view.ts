import type { ProofCheck } from "@alivemcp/actions/claims/check-proofs";
import type { ClaimSubject } from "@alivemcp/actions/claims/claim-subject";
import type { ClaimChallenge, ClaimMethod } from "@alivemcp/core/claim-proof";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";

export interface ClaimModel {
  readonly subject: ClaimSubject;
  readonly challenge: ClaimChallenge;
  /** What the last look found; null before the first. */
  readonly proofs: readonly ProofCheck[] | null;
  readonly problem: string | null;
  /** Where the form posts to. */
  readonly path: string;
  readonly csrf: Html;
}

/** What to put where, and a button that looks. Any one of the three is enough. */
export function claimView(model: ClaimModel): Html {
  const { subject, challenge, problem } = model;
  return html`<p class="lead">${
    subject.isOwn
      ? "Prove that this endpoint is yours, and it may go on the public board."
      : "Prove that this endpoint is yours, and it becomes part of this workspace with all its history."
  } Any one of these three is enough; take it away again afterwards if you like.</p>
${problem === null ? "" : html`<p class="notice notice-bad" role="alert">${problem}</p>`}
<ol class="proofs">
${proofItem(
  model,
  "dns",
  "A DNS record",
  challenge.dnsName === null
    ? html`<p>The endpoint is at an address without a name, so this way is closed.</p>`
    : html`<p>Add a TXT record with this name and text:</p>
<pre tabindex="0"><code>${challenge.dnsName}  TXT  "${challenge.proof}"</code></pre>`,
)}
${proofItem(
  model,
  "file",
  "A file",
  html`<p>Serve a text file at <code>${challenge.fileUrl}</code> that holds this line:</p>
<pre tabindex="0"><code>${challenge.proof}</code></pre>`,
)}
${proofItem(
  model,
  "marker",
  "In the server’s own words",
  html`<p>Let the server’s <code>instructions</code>, or any field of its <code>serverInfo</code>, contain this text:</p>
<pre tabindex="0"><code>${challenge.proof}</code></pre>`,
)}
</ol>
<form method="post" action="${model.path}">${model.csrf}<p class="actions"><button type="submit">Check now</button></p></form>
<p class="faint">The text is of this workspace and this endpoint alone. It is no secret: whoever reads it can do nothing with it.</p>`;
}

function proofItem(model: ClaimModel, method: ClaimMethod, title: string, what: Html): Html {
  const check = model.proofs?.find((proof) => proof.method === method);
  return html`<li><h3>${title}</h3>${what}${
    check === undefined
      ? ""
      : html`<p class="${check.isFound ? "found" : "missing"}"><b>${check.isFound ? "Found." : "Not found."}</b> ${check.sentence}</p>`
  }</li>`;
}

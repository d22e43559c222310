import { publicHelp } from "@alivemcp/core/public-help";
import { FAILURE_REASONS, type FailureReason } from "@alivemcp/core/states";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** What one failure reason means, what it usually comes from, and what to run first. */
export function helpView(reason: FailureReason): Html {
  const help = publicHelp(reason);
  return html`<p class="crumb"><a href="/help">All reasons</a></p>
<h1>${help.title}</h1>
<p class="faint">Reason <code>${reason}</code></p>
<p class="lead">${help.meaning}</p>
<h2>What it does to clients</h2><p>${help.effect}</p>
<h2>Likely causes</h2><ul>${help.causes.map((cause) => html`<li>${cause}</li>`)}</ul>
<h2>First commands</h2>
<p class="faint">With <code>URL=https://…</code> the address of the endpoint and <code>HOST</code> its host name.</p>
<dl class="commands">${help.commands.map(
    ({ command, answers }) =>
      html`<div><dt>${answers}</dt><dd><pre tabindex="0"><code>${command}</code></pre></dd></div>`,
  )}</dl>`;
}

/** Every reason a probe can end with. */
export function helpIndexView(): Html {
  return html`<h1>Why a probe fails</h1>
<p class="lead">A probe ends with the first failing layer. Every reason has one page: what it means, where it usually comes from, what to run first.</p>
<dl class="facts">${FAILURE_REASONS.map(
    (reason) =>
      html`<div><dt><a href="/help/${reason}">${publicHelp(reason).title}</a></dt><dd>${publicHelp(reason).meaning}</dd></div>`,
  )}</dl>`;
}

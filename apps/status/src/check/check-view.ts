import type { PublicFinding, PublicStep } from "@alivemcp/core/public-fields";
import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { TRANSPORTS, type Transport } from "@alivemcp/core/states";
import { compatibility } from "@alivemcp/pages/compatibility";
import { type Html, latencyText } from "@alivemcp/pages/figures";
import { stateIcon, stateWord } from "@alivemcp/pages/state-mark";
import { waterfall } from "@alivemcp/pages/waterfall";
import { html } from "hono/html";
import { shellQuote } from "./shell-quote.ts";

/** What the form holds, and what was wrong with it. */
export interface CheckForm {
  readonly url: string;
  readonly transport: Transport;
  readonly problem: { readonly field: "url" | "transport" | null; readonly sentence: string } | null;
}

/** How far one check has come. */
export type CheckProgress =
  | { readonly kind: "waiting"; readonly isLate: boolean }
  | { readonly kind: "running"; readonly steps: readonly PublicStep[] }
  | { readonly kind: "done"; readonly finding: PublicFinding }
  | { readonly kind: "failed" };

export interface CheckFacts {
  /** As `publicUrl` shows it: pages of checks are passed on, and query values often are keys. */
  readonly url: string;
  readonly hasQuery: boolean;
  /** An address that only this installation may reach: the command line asks to be told so. */
  readonly isPrivate: boolean;
  readonly transport: Transport;
  readonly city: string;
}

const TRANSPORT_NAMES: Record<Transport, string> = {
  auto: "Find out",
  http: "Streamable HTTP",
  sse: "HTTP+SSE (older)",
};

export function checkFormView(form: CheckForm): Html {
  const { problem } = form;
  const isUrlWrong = problem?.field === "url";
  return html`<h1>Check an MCP endpoint</h1>
<p class="lead">One probe, step by step, from one of our regions. No account; nothing is stored beyond an hour; no tool is called.</p>
<form class="stack" method="post" action="/check">
${problem === null ? "" : html`<p class="notice notice-bad" role="alert" id="check-problem">${problem.sentence}</p>`}
<label><span>URL of the endpoint</span><input name="url" type="url" required maxlength="2048" value="${form.url}" placeholder="https://mcp.example.com/mcp" autocapitalize="none" spellcheck="false"${
    isUrlWrong ? html` aria-invalid="true" aria-describedby="check-problem"` : ""
  }></label>
<label><span>Transport</span><select name="transport">${TRANSPORTS.map(
    (transport) =>
      html`<option value="${transport}"${transport === form.transport ? html` selected` : ""}>${TRANSPORT_NAMES[transport]}</option>`,
  )}</select></label>
<button type="submit">Check</button>
</form>
<h2>From your own machine</h2>
<p>The same probe runs in a terminal and in CI, also inside private networks, with credentials, and as a gate against drift:</p>
<pre tabindex="0"><code>npx alivemcp check https://mcp.example.com/mcp</code></pre>
<p class="faint">A stdio server is started by its client and cannot be reached from outside; put it behind an HTTP bridge to check it.</p>`;
}

/** The page of one check; `checkResultView` inside it is what the live script replaces. */
export function checkPageView(facts: CheckFacts, progress: CheckProgress, eventsPath: string): Html {
  return html`<h1>Check</h1><p class="url">${facts.url}</p>
<p class="faint">From ${facts.city}, ${facts.transport === "auto" ? "either transport" : TRANSPORT_NAMES[facts.transport]}</p>
<div id="check" aria-live="polite" data-events="${progress.kind === "waiting" || progress.kind === "running" ? eventsPath : ""}">${checkResultView(facts, progress)}</div>`;
}

export function checkResultView(facts: CheckFacts, progress: CheckProgress): Html {
  switch (progress.kind) {
    case "waiting":
      return html`<p class="busy">${progress.isLate ? "Still waiting for a free prober in this region…" : "Waiting for a prober…"}</p>`;
    case "running":
      return html`<p class="busy">Running…</p>${waterfall(progress.steps, "Steps so far")}`;
    case "failed":
      return html`<p class="big mark mark-unknown">${stateIcon("unknown")}<span>Unknown</span></p>
<p>The check could not be run: the fault is ours, not the endpoint's. <a href="${again(facts)}">Try again</a></p>`;
    case "done":
      return done(facts, progress.finding);
  }
}

function done(facts: CheckFacts, finding: PublicFinding): Html {
  const told = publicStateOf(finding.state, finding.reason);
  const help = finding.reason === null ? null : publicHelp(finding.reason);
  return html`<p class="big mark mark-${told.state}">${stateIcon(told.state)}<span>${stateWord(told)}</span></p>
${
  help === null
    ? html`<p>A client can use this endpoint: the handshake is complete${finding.measured.toolsCount === null ? "" : ` and it lists ${toolsText(finding.measured.toolsCount)}`}.</p>`
    : html`<p><a href="/help/${finding.reason ?? ""}">${help.title}</a>: ${help.meaning}${finding.detail === null ? "" : html` <code>${finding.detail}</code>`}</p><p>${help.effect}</p>`
}
${finding.transientReason === null ? "" : html`<p class="notice">The first attempt failed (${publicHelp(finding.transientReason).title.toLowerCase()}), the second was good: look for a replica that comes and goes.</p>`}
${waterfall(finding.steps, "Steps of this check")}
${finding.latencyMs === null ? "" : html`<p class="faint">Handshake ${latencyText(finding.latencyMs)}, without name resolution, connection and TLS.</p>`}
${finding.measured.era === null ? "" : html`<h2>What it speaks</h2>${compatibility(finding.measured)}`}
${help === null ? "" : html`<h2>Likely causes</h2><ul>${help.causes.map((cause) => html`<li>${cause}</li>`)}</ul>`}
<h2>Run it yourself</h2>
<pre tabindex="0"><code>npx alivemcp check ${facts.hasQuery ? '"$URL"' : shellQuote(facts.url)}${facts.transport === "auto" ? "" : ` --transport ${facts.transport}`}${facts.isPrivate ? " --allow-private" : ""}</code></pre>
<p><a href="${again(facts)}">Check again</a></p>`;
}

const toolsText = (count: number) => (count === 1 ? "one tool" : `${count} tools`);
const again = (facts: CheckFacts) =>
  facts.hasQuery
    ? "/check"
    : `/check?url=${encodeURIComponent(facts.url)}${facts.transport === "auto" ? "" : `&transport=${facts.transport}`}`;

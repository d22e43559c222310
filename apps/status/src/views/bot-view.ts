import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { Site } from "./layout.ts";

/** What came of an opt-out that the form sent to the API, which sends the reader back here. */
export type OptOutOutcome = "recorded" | "invalid" | "rate_limited" | "unavailable";

const OUTCOMES: Record<OptOutOutcome, string> = {
  recorded: "Recorded. Probing stops within an hour.",
  invalid: "That is not a host name, domain or URL. Nothing was recorded.",
  rate_limited: "Too many requests from your address: at most ten an hour. Please send it again later.",
  unavailable: "It could not be recorded right now. Please send it again in a few minutes.",
};

/** Reads the word that the API puts behind `/bot?opt_out=`; anything else is no outcome. */
export function parseOptOutOutcome(word: string | undefined): OptOutOutcome | null {
  return word !== undefined && Object.hasOwn(OUTCOMES, word) ? (word as OptOutOutcome) : null;
}

/** Who probes, from where, how often, and how to make it stop: the page our User-Agent points to. */
export function botView(site: Site, cities: readonly string[], outcome: OptOutOutcome | null): Html {
  return html`<h1>The AliveMCP prober</h1>
<p class="lead">You are here because of a line like this in your log: somebody wants to know whether your MCP endpoint works.</p>
${outcome === null ? "" : html`<p class="notice" role="status">${OUTCOMES[outcome]}</p>`}
<pre tabindex="0"><code>User-Agent: AliveMCP/${site.version} (+${site.publicUrl}/bot)</code></pre>
<h2>What it does</h2>
<ul>
<li>It connects, completes the MCP handshake, lists the tools and closes the session. It reads at most 4 MiB.</li>
<li>It calls no tool of an endpoint that nobody claimed. Owners may name one read-only health tool of their own endpoint.</li>
<li>It sends no credentials that the owner did not store for this purpose, and looks for no other URLs: it does not crawl.</li>
</ul>
<h2>How often, and from where</h2>
<ul>
<li>Unclaimed endpoints: once a minute from one region in turn, at most one probe a second for a whole domain. When something looks wrong, the other regions look once or twice to confirm it.</li>
<li>Endpoints dead for 7 days are asked every 15 minutes, after 30 days once an hour.</li>
<li><code>429</code> and <code>Retry-After</code> are honoured.</li>
<li>Regions: ${cities.join(", ")}.${site.isSimulated ? " In this installation they are simulated on one machine." : ""}</li>
</ul>
<h2 id="opt-out">Make it stop</h2>
<p>Name a host, a domain or one URL. Probing of unclaimed endpoints there stops within an hour. An endpoint that somebody added as their own goes on until the request is verified, so that nobody can blind another's monitoring: leave a contact, and a person will look.</p>
<form class="stack" method="post" action="${site.apiUrl}/v1/opt-outs">
<label><span>Host, domain or URL</span><input name="target" required maxlength="2048" autocapitalize="none" spellcheck="false" placeholder="mcp.example.com"></label>
<label><span>Contact (optional, not published)</span><input name="contact" type="email" maxlength="320" autocomplete="email"></label>
<label><span>Reason (optional)</span><textarea name="reason" maxlength="1000" rows="3"></textarea></label>
<button type="submit">Stop probing</button>
</form>
<p class="faint">Or from a terminal: <code>curl -X POST ${site.apiUrl}/v1/opt-outs -H 'content-type: application/json' -d '{"target":"mcp.example.com"}'</code></p>`;
}

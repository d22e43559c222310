import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** The formula behind every percentage; each of them links here. */
export function uptimeView(): Html {
  return html`<h1>How uptime is counted</h1>
<p class="formula" role="img" aria-label="Uptime equals up plus degraded plus auth-walled minutes, divided by all minutes minus unknown minus maintenance"><span>Uptime</span> = <span class="fraction"><span>up + degraded + auth-walled minutes</span><span>all minutes − unknown − maintenance</span></span></p>
<h2>What a minute is</h2>
<ul>
<li>Each probed minute ends with one verdict over all regions that probed it. Two regions have to agree before a minute is down, where at least two were asked.</li>
<li>An endpoint probed less often than once a minute is not counted less: one verdict covers the whole time to the next probe.</li>
<li>A confirmed outage counts from its first failure, not from its confirmation.</li>
<li><b>Unknown</b> minutes are ours: no probe ran, or our own network failed. They count neither for nor against anybody. <b>Maintenance</b> announced by the owner is treated the same.</li>
<li><b>Auth-walled</b> minutes count as up, because the endpoint answers as it should. What lies behind the login is not measured, so their share is told apart and never called healthy.</li>
<li><b>Degraded</b> minutes count as up: slow, failing from one region, or with a sick health check, but usable.</li>
</ul>
<h2>Windows and rounding</h2>
<ul>
<li>Every figure names its window: 24 hours, 7, 30 or 90 days, always up to now and never beyond the day on which the endpoint was first watched.</li>
<li>Percentages are cut after two decimals, never rounded up: 100 % means that not one counted minute was down. Months that have ended are frozen.</li>
</ul>
<h2>States</h2>
<dl class="facts">
<div><dt>Live</dt><dd>Handshake and tool list work. With a login wall: “Reachable, login required”.</dd></div>
<div><dt>Degraded</dt><dd>Usable with problems: slow, a region failing, a rate limit, a broken login challenge, a sick health check.</dd></div>
<div><dt>Down</dt><dd>Confirmed by two looks, half a minute apart, from at least two regions where two watch.</dd></div>
<div><dt>Unknown</dt><dd>Not measured.</dd></div>
<div><dt>Stale</dt><dd>The last known state, not the present one: two probes in a row are missing. An hour later it becomes unknown.</dd></div>
<div><dt>Flapping</dt><dd>At least four confirmed changes within 30 minutes.</dd></div>
</dl>
<h2>Response time</h2>
<p>From the request being sent to the complete reply of the handshake, without name resolution, connection and TLS, which are shown beside it. A minute has the median of its regions. Percentiles over days come from histograms, because percentiles cannot be averaged.</p>`;
}

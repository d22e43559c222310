import { agoTime, type Html, percentText } from "@alivemcp/pages/figures";
import { stateIcon, stateMark } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import { incidentCards } from "../incidents/incident-cards.ts";
import { maintenanceCards } from "../incidents/maintenance-cards.ts";
import { nameOn, type PageReport, type ReportedEndpoint } from "../report/page-report.ts";

/** Several endpoints of one workspace: all well or not, then what is the matter, then each of them. */
export function tenantPageView(
  report: PageReport,
  /** `base`: path that its feeds are below; empty at a host of its own. */
  { base, hasLogo, nowMs }: { readonly base: string; readonly hasLogo: boolean; readonly nowMs: number },
): Html {
  const nameOf = (endpointId: string) => nameOn(report, endpointId);
  return html`<div id="page" data-live>
${hasLogo ? html`<img class="logo" src="${base}/logo" alt="">` : ""}${summary(report)}
<section aria-labelledby="incidents-title"><h2 id="incidents-title">Incidents</h2>
${report.incidents === null ? html`<p class="faint">Not at hand at the moment.</p>` : incidentCards(report.incidents, { nowMs, isClaimed: true, nameOf })}</section>
${maintenanceCards(report.maintenances, { nowMs, nameOf })}
<section aria-labelledby="endpoints-title"><h2 id="endpoints-title">Endpoints</h2>
${report.endpoints.length === 0 ? html`<p class="faint">No endpoint is on this page at the moment.</p>` : table(report, nowMs)}</section>
</div>
<section aria-labelledby="follow-title"><h2 id="follow-title">Hear of incidents</h2>
<p>Read along: <a href="${base}/feed.atom" type="application/atom+xml">Atom</a>, <a href="${base}/feed.rss" type="application/rss+xml">RSS</a>. By mail: on the page of each endpoint above.</p>
<p class="faint">For programs: <a href="${base === "" ? "/index" : base}.md">Markdown</a>, <a href="${base}/api/v2/summary.json">summary.json</a>.</p></section>`;
}

function summary({ title, description, endpoints }: PageReport): Html {
  const states = endpoints.map(({ reading }) => reading.status.state);
  const down = states.filter((state) => state === "down").length;
  const worst = down > 0 ? "down" : (states.find((state) => state !== "live") ?? "live");
  return html`<header class="summary summary-${worst}">
<div><h1>${title}</h1>${description === null ? "" : html`<p class="words">${description}</p>`}</div>
<div class="verdict"><p class="big mark mark-${worst}">${stateIcon(worst)}<span>${sentence(states)}</span></p></div>
</header>`;
}

function sentence(states: readonly string[]): string {
  const is = (state: string) => states.filter((one) => one === state).length;
  if (states.length === 0) {
    return "Nothing to show";
  }
  if (is("down") > 0) {
    return is("down") === states.length ? "Everything is down" : `${is("down")} of ${states.length} down`;
  }
  if (is("degraded") > 0) {
    return `${is("degraded")} of ${states.length} with problems`;
  }
  return is("unknown") > 0 ? `${is("unknown")} of ${states.length} not measured` : "All working";
}

function table({ endpoints }: PageReport, nowMs: number): Html {
  return html`<table class="board"><caption class="visually-hidden">Endpoints of this page</caption>
<thead><tr><th scope="col">State</th><th scope="col">Endpoint</th><th scope="col" class="number">Uptime, 24 h</th><th scope="col" class="number">Uptime, 90 d</th><th scope="col" class="number">Last probe</th></tr></thead>
<tbody>${endpoints.map((one) => row(one, nowMs))}</tbody></table>
<p class="faint"><a href="/uptime">How uptime is counted</a></p>`;
}

function row(
  { reading: { endpoint, status, windows, lastProbeAtMs } }: ReportedEndpoint,
  nowMs: number,
): Html {
  return html`<tr><td class="state">${stateMark(status)}</td>
<th scope="row"><a href="/status/${endpoint.slug}">${endpoint.name}</a><span class="url">${endpoint.url}</span></th>
<td data-label="Uptime, 24 h" class="number">${percentText(windows.uptime["24h"])}</td>
<td data-label="Uptime, 90 d" class="number">${percentText(windows.uptime["90d"])}</td>
<td data-label="Last probe" class="number">${lastProbeAtMs === null ? "–" : agoTime(lastProbeAtMs, nowMs)}</td></tr>`;
}

import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { compatibility } from "@alivemcp/pages/compatibility";
import { dayBars } from "@alivemcp/pages/day-bars";
import { driftHistory } from "@alivemcp/pages/drift-history";

import { agoTime, cadenceText, dayText, exactTime, type Html, utcText } from "@alivemcp/pages/figures";
import { headline } from "@alivemcp/pages/headline";
import { latencyChart } from "@alivemcp/pages/latency-chart";
import { probeDetails } from "@alivemcp/pages/probe-details";
import { regionStrip } from "@alivemcp/pages/region-strip";
import { stateIcon, stateWord } from "@alivemcp/pages/state-mark";
import { transitionList } from "@alivemcp/pages/transition-list";
import { windowFigures } from "@alivemcp/pages/window-figures";
import { html } from "hono/html";
import type { EndpointReading } from "../endpoint-reading.ts";
import { incidentCards } from "../incidents/incident-cards.ts";
import { maintenanceCards } from "../incidents/maintenance-cards.ts";
import { type SubscribeOutcome, subscribeSection } from "../subscriptions/subscribe-form.ts";
import type { StatusModel } from "./status-model.ts";

/** One endpoint on one page; the first screen answers: is it working, where not, anything in 24 hours. */
export function statusView(
  model: StatusModel,
  site: { publicUrl: string; apiUrl: string; appUrl: string | null; isSimulated: boolean },
  subscribed: SubscribeOutcome | null,
): Html {
  const { nowMs } = model;
  return html`<div id="status" data-live>
${summary(model)}
${model.isArchiveAway ? html`<p class="notice" role="status">The archive is away at the moment: figures of past days and histories are missing below. The present state is live.</p>` : ""}
<section aria-labelledby="incidents-title"><h2 id="incidents-title">Incidents</h2>
${model.isArchiveAway ? incidentWithoutArchive(model) : incidentCards(model.incidents, { nowMs, isClaimed: model.reading.endpoint.standing !== "unclaimed", nameOf: null })}</section>
${maintenanceCards(model.maintenances, { nowMs, nameOf: null })}
${regionStrip(model.regions, { isSimulated: site.isSimulated, helpBase: "", nowMs })}
<section aria-labelledby="uptime-title"><h2 id="uptime-title">Uptime</h2>
${windowFigures(model.reading.windows, {
  watchedForMs: nowMs - model.reading.endpoint.watchedSinceMs,
  uptimeHref: "/uptime",
})}
${model.isArchiveAway ? "" : dayBars(model.days)}</section>
<section aria-labelledby="latency-title"><h2 id="latency-title">Response time, 24 hours</h2>
<p class="faint">Request sent until the handshake reply is complete, median over the regions; name resolution, connection and TLS are not in it.</p>
${model.isArchiveAway ? html`<p class="faint">Not at hand.</p>` : latencyChart(model.latency)}</section>
<section aria-labelledby="probes-title"><h2 id="probes-title">Latest probe, step by step</h2>
${probeDetails(model.regions, { helpBase: "", nowMs })}</section>
<section aria-labelledby="drift-title"><h2 id="drift-title">Changes of the tools</h2>
${model.isArchiveAway ? html`<p class="faint">Not at hand.</p>` : driftHistory(model.driftEvents, { nowMs })}</section>
<section aria-labelledby="changes-title"><h2 id="changes-title">Changes of the state</h2>
${model.isArchiveAway ? html`<p class="faint">Not at hand.</p>` : transitionList(model.transitions, nowMs)}</section>
<section aria-labelledby="speaks-title"><h2 id="speaks-title">What it speaks</h2>
${compatibility(model.measured)}</section>
${howMeasured(model)}
</div>
${subscribeSection({
  slug: model.reading.endpoint.slug,
  path: `/status/${model.reading.endpoint.slug}`,
  apiUrl: site.apiUrl,
  outcome: subscribed,
})}
${embedHints(model, site.publicUrl)}
${followOrClaim(model, site.appUrl)}`;
}

function summary(model: StatusModel): Html {
  const { reading, nowMs } = model;
  const { endpoint, status } = reading;
  const told = headline(model);
  return html`<header class="summary summary-${status.state}">
<div><h1>${endpoint.name}</h1><p class="url">${endpoint.url}</p></div>
<div class="verdict"><p class="big mark mark-${status.state}">${stateIcon(status.state)}<span>${stateWord(status)}</span></p>
${told.isRedFlag ? html`<p class="red-flag">Down for more than 15 minutes</p>` : ""}
<p>${told.sentence}${
    told.reason === null
      ? ""
      : html` <a href="/help/${told.reason}">${publicHelp(told.reason).title}</a>: ${publicHelp(told.reason).meaning}`
  }</p>
${told.where === null ? "" : html`<p>${told.where}</p>`}
<p>${told.lately}</p>
<p class="faint">${reading.lastProbeAtMs === null ? "Not probed yet" : html`Last probe ${agoTime(reading.lastProbeAtMs, nowMs)}`}, probed ${cadenceText(endpoint.cadenceMs)}, watched since ${dayText(endpoint.watchedSinceMs)}${
    status.isFlapping
      ? html` <span class="tag" title="At least 4 changes within 30 minutes">flapping</span>`
      : ""
  }${status.isStale ? html` <span class="tag">stale</span>` : ""}${
    endpoint.standing === "unclaimed"
      ? html` <span class="tag" title="Nobody has claimed this endpoint; it was found in public">unclaimed</span>`
      : ""
  }</p></div>
</header>`;
}

/** While Postgres is away: what Redis says of an outage, and that the rest is not at hand. */
function incidentWithoutArchive({ reading, nowMs }: StatusModel): Html {
  const { status, committedSinceMs } = reading;
  if (status.state !== "down" || status.basis !== "committed") {
    return html`<p class="faint">Not at hand.</p>`;
  }
  return html`<ol class="incidents"><li class="incident incident-down"><h3>${stateIcon("down")} Down${status.reason === null ? "" : html`: ${publicHelp(status.reason).title}`} <span class="tag tag-bad">ongoing</span></h3>
<p class="faint">${committedSinceMs === null ? "" : html`Since ${exactTime(committedSinceMs, nowMs)}. `}What its operator wrote is not at hand.${status.reason === null ? "" : html` <a href="/help/${status.reason}">What this means</a>`}</p></li></ol>`;
}

/** The raw latest minute beside the committed state: what was confirmed, and what was only seen. */
function howMeasured({ reading, nowMs }: StatusModel): Html {
  const { endpoint, isConfirming } = reading;
  return html`<section aria-labelledby="raw-title"><h2 id="raw-title">Confirmed and latest</h2>
<dl class="facts">
<div><dt>Confirmed state</dt><dd>${confirmedText(reading)}${isConfirming ? ". The regions are looking again right now." : ""}</dd></div>
<div><dt>Latest minute</dt><dd>${latestText(reading)}</dd></div>
<div><dt>Cadence</dt><dd>${cadenceText(endpoint.cadenceMs)}</dd></div>
<div><dt>Page made</dt><dd>${utcText(nowMs)}</dd></div>
</dl>
<p class="faint">A single bad minute does not turn the state: other regions look at once, and again half a minute later. An outage that both looks confirm counts from its first failure.</p></section>`;
}

function confirmedText({ status, committedSinceMs }: EndpointReading): string {
  if (status.basis !== "committed") {
    return "Nothing confirmed yet";
  }
  return `${stateWord(status)}${committedSinceMs === null ? "" : `, since ${utcText(committedSinceMs)}`}`;
}

function latestText({ latest }: EndpointReading): string {
  if (latest === null) {
    return "–";
  }
  const reason = latest.reason === null ? "" : ` (${publicHelp(latest.reason).title.toLowerCase()})`;
  return `${stateWord(publicStateOf(latest.state, latest.reason))}${reason}, minute of ${utcText(latest.minuteAtMs)}`;
}

function embedHints({ reading: { endpoint } }: StatusModel, publicUrl: string): Html {
  const page = `${publicUrl}/status/${endpoint.slug}`;
  const badge = `${publicUrl}/badge/${endpoint.slug}.svg`;
  return html`<section aria-labelledby="embed-title"><h2 id="embed-title">Show this elsewhere</h2>
<p><img src="/badge/${endpoint.slug}.svg?theme=auto" alt="Badge of ${endpoint.name}" height="20"></p>
<dl class="snippets">
<div><dt>Markdown</dt><dd><code>[![MCP status](${badge})](${page})</code></dd></div>
<div><dt>Web page</dt><dd><code>&lt;script async src="${publicUrl}/embed.js"&gt;&lt;/script&gt; &lt;div data-alivemcp="${endpoint.slug}" data-style="card"&gt;&lt;/div&gt;</code></dd></div>
<div><dt>JSON</dt><dd><a href="/api/embed-status/${endpoint.slug}">/api/embed-status/${endpoint.slug}</a>, as Statuspage has it <a href="/status/${endpoint.slug}/api/v2/summary.json">/status/${endpoint.slug}/api/v2/summary.json</a></dd></div>
<div><dt>Markdown of this page</dt><dd><a href="/status/${endpoint.slug}.md">/status/${endpoint.slug}.md</a></dd></div>
<div><dt>shields.io</dt><dd><code>https://img.shields.io/endpoint?url=${encodeURIComponent(`${publicUrl}/badge/${endpoint.slug}.json`)}</code></dd></div>
</dl></section>`;
}

/** Only what is on the board can be followed or claimed; an unlisted page says nothing of the kind. */
function followOrClaim({ reading: { endpoint } }: StatusModel, appUrl: string | null): Html | "" {
  if (appUrl === null || endpoint.visibility !== "public") {
    return "";
  }
  const isFree = endpoint.standing === "unclaimed";
  return html`<section aria-labelledby="follow-title"><h2 id="follow-title">${isFree ? "Follow or claim this endpoint" : "Follow this endpoint"}</h2>
<p>Followers see it among their own endpoints${isFree ? "; who runs it can claim it by proof, and has it probed at their plan’s cadence" : ""}. <a href="${appUrl}/board/${endpoint.slug}">${isFree ? "Follow or claim it" : "Follow it"}</a></p></section>`;
}

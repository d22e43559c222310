import { WINDOW_NAMES, type WindowName } from "@alivemcp/core/endpoint-windows";
import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { compatibility } from "@alivemcp/pages/compatibility";
import { dayBars } from "@alivemcp/pages/day-bars";
import { driftHistory } from "@alivemcp/pages/drift-history";

import {
  agoTime,
  cadenceText,
  dayText,
  type Html,
  latencyText,
  percentText,
  spanText,
  utcText,
} from "@alivemcp/pages/figures";
import { headline } from "@alivemcp/pages/headline";
import { latencyChart } from "@alivemcp/pages/latency-chart";
import type { RegionCell } from "@alivemcp/pages/region-cell";
import { regionStrip } from "@alivemcp/pages/region-strip";
import { stateIcon, stateWord } from "@alivemcp/pages/state-mark";
import { transitionList } from "@alivemcp/pages/transition-list";
import { waterfall } from "@alivemcp/pages/waterfall";
import { html } from "hono/html";
import type { EndpointReading } from "../endpoint-reading.ts";
import type { StatusModel } from "./status-model.ts";

const DAY_MS = 86_400_000;
const WINDOW_LABELS: Record<WindowName, string> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
};

/** One endpoint on one page; the first screen answers: is it working, where not, anything in 24 hours. */
export function statusView(model: StatusModel, site: { publicUrl: string; isSimulated: boolean }): Html {
  const { nowMs } = model;
  return html`<div id="status" data-live>
${summary(model)}
${model.isArchiveAway ? html`<p class="notice" role="status">The archive is away at the moment: figures of past days and histories are missing below. The present state is live.</p>` : ""}
${regionStrip(model.regions, { isSimulated: site.isSimulated, helpBase: "", nowMs })}
<section aria-labelledby="uptime-title"><h2 id="uptime-title">Uptime</h2>
${windowFigures(model)}
${model.isArchiveAway ? "" : dayBars(model.days)}</section>
<section aria-labelledby="latency-title"><h2 id="latency-title">Response time, 24 hours</h2>
<p class="faint">Request sent until the handshake reply is complete, median over the regions; name resolution, connection and TLS are not in it.</p>
${model.isArchiveAway ? html`<p class="faint">Not at hand.</p>` : latencyChart(model.latency)}</section>
<section aria-labelledby="probes-title"><h2 id="probes-title">Latest probe, step by step</h2>
${waterfalls(model.regions, nowMs)}</section>
<section aria-labelledby="drift-title"><h2 id="drift-title">Changes of the tools</h2>
${model.isArchiveAway ? html`<p class="faint">Not at hand.</p>` : driftHistory(model.driftEvents, nowMs)}</section>
<section aria-labelledby="changes-title"><h2 id="changes-title">Changes of the state</h2>
${model.isArchiveAway ? html`<p class="faint">Not at hand.</p>` : transitionList(model.transitions, nowMs)}</section>
<section aria-labelledby="speaks-title"><h2 id="speaks-title">What it speaks</h2>
${compatibility(model.measured)}</section>
${howMeasured(model)}
</div>
${embedHints(model, site.publicUrl)}`;
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

function windowFigures({ reading: { windows, endpoint }, nowMs }: StatusModel): Html {
  const walled = windows.authWalledShare30d;
  const watchedMs = nowMs - endpoint.watchedSinceMs;
  return html`<dl class="figures">${WINDOW_NAMES.map(
    (name) => html`<div><dt>${WINDOW_LABELS[name]}</dt><dd>${percentText(windows.uptime[name])}</dd></div>`,
  )}<div><dt>Median, 24 hours</dt><dd>${latencyText(windows.latencyMsP50Of24h)}</dd></div><div><dt>95th percentile, 24 hours</dt><dd>${latencyText(windows.latencyMsP95Of24h)}</dd></div></dl>
<p class="faint"><a href="/uptime">How uptime is counted.</a>${
    watchedMs < 90 * DAY_MS
      ? ` It has been watched for ${spanText(watchedMs)}: longer windows begin there.`
      : ""
  }${
    walled === null || walled === 0
      ? ""
      : html` Of the 30 days, ${percentText(walled)} were behind a login wall: reachable, but not measured further.`
  }</p>`;
}

function waterfalls(regions: readonly RegionCell[], nowMs: number): Html | Html[] {
  const known = regions.filter((region) => region.finding !== null);
  if (known.length === 0) {
    return html`<p class="faint">No probe to show yet.</p>`;
  }
  const worst = known.find(({ vote }) => vote?.state === "down") ?? known[0];
  return known.map((region) => probeDetails(region, region === worst, nowMs));
}

function probeDetails({ id, city, finding }: RegionCell, isOpen: boolean, nowMs: number): Html {
  if (finding === null) {
    return html``;
  }
  const { reason, transientReason, detail, latencyMs, observedAtMs } = finding;
  const word = stateWord(publicStateOf(finding.state, reason));
  const took = latencyMs === null ? "" : `, ${latencyText(latencyMs)}`;
  return html`<details${isOpen ? html` open` : ""} id="probe-${id}"><summary>${city}: ${word}${took}, ${agoTime(observedAtMs, nowMs)}</summary>
${reason === null ? "" : html`<p><a href="/help/${reason}">${publicHelp(reason).title}</a>${detail === null ? "" : html` <code>${detail}</code>`}</p>`}
${transientReason === null ? "" : html`<p class="faint">The first attempt failed (${publicHelp(transientReason).title.toLowerCase()}); the second one was good.</p>`}
${waterfall(finding.steps, `Steps of the latest probe from ${city}`)}</details>`;
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
<div><dt>JSON</dt><dd><a href="/api/embed-status/${endpoint.slug}">/api/embed-status/${endpoint.slug}</a></dd></div>
<div><dt>shields.io</dt><dd><code>https://img.shields.io/endpoint?url=${encodeURIComponent(`${publicUrl}/badge/${endpoint.slug}.json`)}</code></dd></div>
</dl></section>`;
}

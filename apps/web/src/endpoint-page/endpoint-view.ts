import { publicHelp } from "@alivemcp/core/public-help";
import { publicStateOf } from "@alivemcp/core/public-status";
import { publicLine } from "@alivemcp/core/public-text";
import { compatibility } from "@alivemcp/pages/compatibility";
import { dayBars } from "@alivemcp/pages/day-bars";
import { driftHistory } from "@alivemcp/pages/drift-history";
import { agoTime, cadenceText, dayText, type Html, spanText, utcText } from "@alivemcp/pages/figures";
import { headline } from "@alivemcp/pages/headline";
import { latencyChart } from "@alivemcp/pages/latency-chart";
import { probeDetails } from "@alivemcp/pages/probe-details";
import { regionStrip } from "@alivemcp/pages/region-strip";
import { stateIcon, stateWord } from "@alivemcp/pages/state-mark";
import { transitionList } from "@alivemcp/pages/transition-list";
import { windowFigures } from "@alivemcp/pages/window-figures";
import { html } from "hono/html";
import type { EndpointModel } from "./endpoint-model.ts";
import { evidenceList } from "./evidence-list.ts";

export interface EndpointViewOptions {
  /** `/w/<workspace>/endpoints/<slug>`. */
  readonly home: string;
  /** Base of the public pages: help, formula, status page. */
  readonly publicUrl: string;
  readonly isSimulated: boolean;
  /** What the live stream compares with. */
  readonly digest: string;
}

/** One endpoint for who watches it: is it working, where not, since when and why; then its past. */
export function endpointView(model: EndpointModel, options: EndpointViewOptions): Html {
  const { nowMs, reading } = model;
  const { home, publicUrl } = options;
  const help = { helpBase: publicUrl, nowMs };
  return html`<div id="status" data-live="${home}/events?since=${options.digest}">
${summary(model, publicUrl)}
${warnings(model, home)}
${regionStrip(model.regions, { ...help, isSimulated: false })}
<section aria-labelledby="probes-title"><h2 id="probes-title">Latest probe, step by step</h2>
${probeDetails(model.regions, help)}</section>
</div>
<section aria-labelledby="latency-title"><h2 id="latency-title">Response time</h2>
<p class="faint">Request sent until the handshake reply is complete, median over the regions; name resolution, connection and TLS are not in it.</p>
<div data-chart="${home}/latency.json">${latencyChart(model.latency, model.baseline)}</div></section>
<div id="past" data-live>
<section aria-labelledby="uptime-title"><h2 id="uptime-title">Uptime</h2>
${windowFigures(reading.windows, { watchedForMs: nowMs - reading.endpoint.firstWatchedAtMs, uptimeHref: `${publicUrl}/uptime` })}
${dayBars(model.days)}</section>
${failures(model, options)}
<section aria-labelledby="drift-title"><h2 id="drift-title">Changes of the tools</h2>
${driftHistory(model.driftEvents.slice(0, 3), { nowMs, hrefOf: (id) => `${home}/drift/${id}` })}
${model.driftEvents.length > 3 ? html`<p><a href="${home}/tools">All changes</a></p>` : ""}</section>
<section aria-labelledby="changes-title"><h2 id="changes-title">Decisions about its state</h2>
${transitionList(model.transitions, nowMs)}
<p class="faint">A single bad minute does not turn the state: the other regions look at once, and again a confirmation period later.</p></section>
<section aria-labelledby="speaks-title"><h2 id="speaks-title">What a client has to speak</h2>
${compatibility(model.measured)}</section>
</div>`;
}

function summary(model: EndpointModel, publicUrl: string): Html {
  const { reading, nowMs } = model;
  const { endpoint, status, latest, committedSinceMs } = reading;
  const told = headline({
    reading: {
      endpoint: { isPaused: endpoint.pausedAtMs !== null },
      status,
      committedSinceMs,
      isConfirming: reading.isConfirming,
      lastProbeAtMs: latest?.atMs ?? null,
      lastDriftAtMs: reading.windows.lastDriftAtMs,
    },
    regions: model.regions,
    transitions: model.transitions,
    isArchiveAway: false,
    nowMs,
  });
  return html`<header class="summary summary-${status.state}">
<div class="verdict"><p class="big mark mark-${status.state}">${stateIcon(status.state)}<span>${stateWord(status)}</span></p>
${told.isRedFlag ? html`<p class="red-flag">Down for more than 15 minutes</p>` : ""}
<p>${told.sentence}${
    told.reason === null
      ? ""
      : html` <a href="${publicUrl}/help/${told.reason}">${publicHelp(told.reason).title}</a>: ${publicHelp(told.reason).meaning}`
  }</p>
${told.where === null ? "" : html`<p>${told.where}</p>`}
<p>${told.lately}</p></div>
<dl class="facts tight">
<div><dt>Confirmed</dt><dd>${confirmed(model)}${status.isFlapping ? html` <span class="tag" title="At least 4 changes within 30 minutes">flapping</span>` : ""}</dd></div>
<div><dt>Latest minute</dt><dd>${latestMinute(model)}${status.isStale ? html` <span class="tag">stale</span>` : ""}</dd></div>
<div><dt>Last probe</dt><dd>${latest === null ? "None yet" : agoTime(latest.atMs, nowMs)}</dd></div>
<div><dt>Cadence</dt><dd>${cadenceText(endpoint.cadenceMs)}, since ${dayText(endpoint.firstWatchedAtMs)}</dd></div>
</dl></header>`;
}

function confirmed({ reading: { status, committedSinceMs } }: EndpointModel): string {
  if (status.basis !== "committed") {
    return "Nothing yet";
  }
  return `${stateWord(status)}${committedSinceMs === null ? "" : `, since ${utcText(committedSinceMs)}`}`;
}

function latestMinute({ reading: { latest } }: EndpointModel): string {
  if (latest === null) {
    return "–";
  }
  const reason = latest.reason === null ? "" : ` (${publicHelp(latest.reason).title.toLowerCase()})`;
  return `${stateWord(publicStateOf(latest.state, latest.reason))}${reason}`;
}

const DAY_MS = 86_400_000;
const CERTIFICATE_TOLD_MS = 30 * DAY_MS;

/** What its owner should fix although it works: open drift, certificate, lints. */
function warnings({ reading: { endpoint }, nowMs }: EndpointModel, home: string): Html | "" {
  const items = endpoint.isFollowed
    ? []
    : [
        openDriftItem(endpoint.openDrift, home),
        certificateItem(endpoint.tlsExpiresAtMs, nowMs),
        ...endpoint.lints.map((lint) => html`<li>${lintText(lint)}</li>`),
      ].filter((item) => item !== "");
  return items.length === 0
    ? ""
    : html`<section class="attention" aria-labelledby="attention-title"><h2 id="attention-title">To look at</h2><ul>${items}</ul></section>`;
}

type Watched = EndpointModel["reading"]["endpoint"];

function openDriftItem({ count, isBreaking, isSuspicious }: Watched["openDrift"], home: string): Html | "" {
  if (count === 0) {
    return "";
  }
  const [what, is] = count === 1 ? ["A change of its tools", "is"] : [`${count} changes of its tools`, "are"];
  return html`<li><a href="${home}/tools">${what}</a> ${is} not accepted yet.${
    isBreaking ? html` <span class="tag tag-bad">breaking</span>` : ""
  }${isSuspicious ? html` <span class="tag tag-warn">new instructions</span>` : ""}</li>`;
}

function certificateItem(expiresAtMs: Watched["tlsExpiresAtMs"], nowMs: number): Html | "" {
  if (expiresAtMs === null || expiresAtMs - nowMs > CERTIFICATE_TOLD_MS) {
    return "";
  }
  const when =
    expiresAtMs < nowMs
      ? `expired ${spanText(nowMs - expiresAtMs)} ago`
      : `expires in ${spanText(expiresAtMs - nowMs)}`;
  return html`<li>Its certificate ${when}, on ${dayText(expiresAtMs)}.</li>`;
}

/** A lint is `<code>: <sentence>`; what strangers wrote into it is one clean line. */
function lintText(lint: string): Html {
  const [code = "", ...rest] = lint.split(": ");
  return rest.length === 0
    ? html`${publicLine(lint, 200)}`
    : html`${publicLine(rest.join(": "), 200)} <code class="faint">${publicLine(code, 40)}</code>`;
}

function failures(model: EndpointModel, { home, publicUrl }: EndpointViewOptions): Html | "" {
  if (model.reading.endpoint.isFollowed) {
    return "";
  }
  return html`<section aria-labelledby="failures-title"><h2 id="failures-title">Failed probes, 7 days</h2>
${
  model.evidence.length === 0
    ? html`<p class="faint">None.</p>`
    : html`${evidenceList(model.evidence.slice(0, 3), { helpBase: publicUrl, nowMs: model.nowMs })}<p><a href="${home}/failures">All failed probes</a></p>`
}</section>`;
}

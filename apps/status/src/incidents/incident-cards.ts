import {
  incidentDurationMs,
  isRedFlag,
  type PublicIncident,
  type PublicUpdate,
} from "@alivemcp/core/public-incident";
import { exactTime, type Html, spanText } from "@alivemcp/pages/figures";
import { stateIcon } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import { STAGE_WORDS } from "./stage-words.ts";

export interface IncidentCardsOptions {
  readonly nowMs: number;
  /** Said where the operator wrote nothing yet: it differs for an endpoint that nobody claimed. */
  readonly isClaimed: boolean;
  /** Of the endpoint, on a page of several; null where it is plain. */
  readonly nameOf: ((endpointId: string) => string | null) | null;
}

/** What is going on, then what is over, newest first; each with what, when, where and the operator's latest words. */
export function incidentCards(incidents: readonly PublicIncident[], options: IncidentCardsOptions): Html {
  const open = incidents.filter(({ endedAtMs }) => endedAtMs === null);
  const over = incidents.filter(({ endedAtMs }) => endedAtMs !== null);
  return html`${
    open.length === 0
      ? html`<p class="faint">No incident is open.</p>`
      : html`<ol class="incidents">${open.map((incident) => card(incident, options))}</ol>`
  }
${
  over.length === 0
    ? html`<p class="faint">None was resolved in the last 90 days.</p>`
    : html`<details id="incidents-over"><summary>Resolved in the last 90 days: ${over.length}</summary>
<ol class="incidents">${over.map((incident) => card(incident, options))}</ol></details>`
}`;
}

function card(incident: PublicIncident, options: IncidentCardsOptions): Html {
  const { nowMs, nameOf } = options;
  const isOver = incident.endedAtMs !== null;
  const state = isOver ? "live" : incident.severity === "P1" ? "down" : "degraded";
  const name = nameOf?.(incident.endpointId) ?? null;
  return html`<li class="incident incident-${state}" id="incident-${incident.id}">
<h3>${stateIcon(state)} ${name === null ? "" : html`${name}: `}${incident.title}${isOver ? html` <span class="tag">resolved</span>` : html` <span class="tag tag-bad">ongoing</span>`}${
    incident.isFlapping ? html` <span class="tag">flapping</span>` : ""
  }</h3>
${isRedFlag(incident, nowMs) ? html`<p class="red-flag">Down for more than 15 minutes</p>` : ""}
<p class="faint">${exactTime(incident.startedAtMs, nowMs)}${
    incident.endedAtMs === null
      ? html`, for ${spanText(incidentDurationMs(incident, nowMs))} so far`
      : html` to ${exactTime(incident.endedAtMs, nowMs)}, ${spanText(incidentDurationMs(incident, nowMs))}`
  }${incident.cities.length === 0 ? "" : html`, seen from ${incident.cities.join(", ")}`}.${
    incident.failureReason === null
      ? ""
      : html` <a href="/help/${incident.failureReason}">What this means</a>`
  }</p>
${updates(incident, options)}</li>`;
}

function updates(incident: PublicIncident, { nowMs, isClaimed }: IncidentCardsOptions): Html | "" {
  const [latest, ...earlier] = incident.updates.toReversed();
  if (latest === undefined) {
    return incident.endedAtMs !== null
      ? ""
      : html`<p>${isClaimed ? "Its operator has been told and has not written about it yet." : "Nobody has claimed this endpoint: we cannot tell whether its operator knows."}</p>`;
  }
  return html`${update(latest, nowMs)}${
    earlier.length === 0
      ? ""
      : html`<details id="updates-${incident.id}"><summary>Earlier updates: ${earlier.length}</summary><div>${earlier.map((one) => update(one, nowMs))}</div></details>`
  }`;
}

function update({ stage, body, atMs }: PublicUpdate, nowMs: number): Html {
  return html`<div class="update"><p><b>${STAGE_WORDS[stage]}</b> <span class="faint">${exactTime(atMs, nowMs)}, by the operator</span></p>
<p class="words">${body}</p></div>`;
}

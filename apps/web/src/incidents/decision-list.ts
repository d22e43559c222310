import type { AlertVerdict } from "@alivemcp/core/delivery-state";
import type { PublicState } from "@alivemcp/core/states";
import { agoTime, type Html } from "@alivemcp/pages/figures";
import { stateIcon } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";

/** Why a sink was, or was not, told of one thing. */
export interface DecisionLine {
  readonly atMs: number;
  readonly verdict: AlertVerdict;
  /** What was to be told, such as "incident opened". */
  readonly about: string;
  readonly sink: { readonly id: string; readonly name: string } | null;
  readonly rule: { readonly id: string; readonly name: string } | null;
  /** Whole sentence. */
  readonly why: string;
}

const VERDICTS: Readonly<Record<AlertVerdict, { readonly word: string; readonly state: PublicState }>> = {
  send: { word: "told", state: "live" },
  fold: { word: "in a digest", state: "unknown" },
  mute: { word: "kept quiet", state: "degraded" },
  skip: { word: "not told", state: "unknown" },
};

export interface DecisionListOptions {
  readonly base: string;
  readonly nowMs: number;
  /** Off where nothing was decided, only asked what would be. */
  readonly hasTime: boolean;
}

/** Decisions with their reasons, in the order given. */
export const decisionList = (decisions: readonly DecisionLine[], options: DecisionListOptions): Html =>
  html`<ul class="events">${decisions.map((decision) => decisionItem(decision, options))}</ul>`;

const decisionItem = (
  { atMs, verdict, about, sink, rule, why }: DecisionLine,
  { base, nowMs, hasTime }: DecisionListOptions,
): Html =>
  html`<li class="decision"><span class="mark mark-${VERDICTS[verdict].state}">${stateIcon(VERDICTS[verdict].state)}<span>${VERDICTS[verdict].word}</span></span>
<div><p>${sink === null ? html`<b>Nobody</b>` : html`<a class="name" href="${base}/sinks/${sink.id}">${sink.name}</a>`}</p><p>${why}</p>
<p class="faint">${about}${hasTime ? html` · ${agoTime(atMs, nowMs)}` : ""}${rule === null ? "" : html` · rule <a href="${base}/rules/${rule.id}">${rule.name}</a>`}</p></div></li>`;

import { agoTime, type Html } from "@alivemcp/pages/figures";
import { stateIcon } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import { OUTCOME_WORDS, reasonWords } from "../deliveries/delivery-words.ts";
import { alertingTabs } from "../views/alerting-tabs.ts";
import { kindLabel, SINK_MARKS, SINK_STATE_WORDS } from "./sink-words.ts";
import type { SinkLine } from "./sinks-model.ts";

export interface SinkListModel {
  readonly sinks: readonly SinkLine[];
  readonly base: string;
  readonly mayAdd: boolean;
  readonly nowMs: number;
}

/** Where alerts go: each place, whether it is proven, and what it answered last. */
export function sinkListView({ sinks, base, mayAdd, nowMs }: SinkListModel): Html {
  return html`<div class="title-row"><h1>Sinks</h1>${mayAdd && sinks.length > 0 ? html`<p class="actions"><a class="button" href="${base}/sinks/new">Add a sink</a></p>` : ""}</div>
${alertingTabs(base, "sinks")}
<p class="lead">The places where alerts go. Nothing is sent to one before it is proven to be yours.</p>
${noneVerified(sinks, base)}
${sinks.length === 0 ? nothing(base, mayAdd) : html`<ul class="cards">${sinks.map((sink) => sinkCard(sink, base, nowMs))}</ul>`}`;
}

/** Above everything, as long as an outage would page nobody. */
function noneVerified(sinks: readonly SinkLine[], base: string): Html | "" {
  const waiting = sinks.find(({ state }) => state === "unverified");
  return sinks.length === 0 || sinks.some(({ state }) => state === "verified")
    ? ""
    : html`<p class="notice notice-bad" role="status"><b>Nobody will be paged:</b> no sink is verified. ${
        waiting === undefined
          ? "Switch one on again or add another."
          : html`Finish with <a href="${base}/sinks/${waiting.id}/verify">${waiting.name}</a>.`
      }</p>`;
}

const nothing = (base: string, mayAdd: boolean): Html =>
  html`<div class="empty"><h2>Nobody will be paged</h2><p>${
    mayAdd
      ? "Say where alerts should go: Slack, PagerDuty, an e-mail address, a webhook and more."
      : "An owner or admin of this workspace can add the first sink."
  }</p>${mayAdd ? html`<p><a class="button" href="${base}/sinks/new">Add a sink</a></p>` : ""}</div>`;

const sinkCard = (sink: SinkLine, base: string, nowMs: number): Html =>
  html`<li class="card"><div class="title-row"><h2><a href="${base}/sinks/${sink.id}">${sink.name}</a></h2>${sinkMark(sink)}</div>
<p class="faint">${kindLabel(sink.kind)} · ${sink.shown}${sink.isDefault ? html` <span class="tag" title="Used where no rule says otherwise">default</span>` : ""}</p>
<p>${lastAnswer(sink, nowMs)}${failuresTag(sink)}</p>
${sink.state === "unverified" ? html`<p><a class="button quiet" href="${base}/sinks/${sink.id}/verify">Verify it</a></p>` : ""}</li>`;

/** State as icon and words, with why it was switched off. */
export const sinkMark = ({ state, disabledReason }: Pick<SinkLine, "state" | "disabledReason">): Html =>
  html`<span class="mark mark-${SINK_MARKS[state]}">${stateIcon(SINK_MARKS[state])}<span>${SINK_STATE_WORDS[state]}${
    disabledReason === null ? "" : html`<small>${reasonWords(disabledReason)}</small>`
  }</span></span>`;

/** What it said when something was last sent there. */
export function lastAnswer(
  { lastAttemptAtMs, lastOutcome, lastAnswer: answer }: SinkLine,
  nowMs: number,
): Html {
  if (lastAttemptAtMs === null || lastOutcome === null) {
    return html`<span class="faint">Nothing was sent there yet.</span>`;
  }
  return html`Last answer ${agoTime(lastAttemptAtMs, nowMs)}: ${OUTCOME_WORDS[lastOutcome]}${answer === null ? "" : html` <code>${answer}</code>`}`;
}

export const failuresTag = ({ failuresInARow }: SinkLine): Html | "" =>
  failuresInARow === 0
    ? ""
    : html` <span class="tag tag-bad">${failuresInARow === 1 ? "1 failure" : `${failuresInARow} failures in a row`}</span>`;

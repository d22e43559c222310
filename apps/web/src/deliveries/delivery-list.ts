import { agoTime, type Html, latencyText, spanText, utcText } from "@alivemcp/pages/figures";
import { stateIcon } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import { postButton } from "../views/post-button.ts";
import { severityMark } from "../views/severity-mark.ts";
import type { WebContext } from "../web-env.ts";
import type { AttemptLine, DeliveryLine } from "./deliveries-model.ts";
import {
  DELIVERY_MARKS,
  DELIVERY_STATE_WORDS,
  EVENT_WORDS,
  OUTCOME_WORDS,
  reasonWords,
} from "./delivery-words.ts";

export interface DeliveryListOptions {
  /** `/w/<workspace>`. */
  readonly base: string;
  readonly mayResend: boolean;
  /** Of this showing of the page: two presses of a button send once. */
  readonly clickId: string;
  readonly nowMs: number;
}

/** Messages, newest first, each with every try behind a fold. */
export const deliveryList = (
  c: WebContext,
  deliveries: readonly DeliveryLine[],
  options: DeliveryListOptions,
): Html =>
  html`<ul class="events deliveries">${deliveries.map((delivery) => deliveryEntry(c, delivery, options))}</ul>`;

function deliveryEntry(c: WebContext, delivery: DeliveryLine, options: DeliveryListOptions): Html {
  const { base, nowMs } = options;
  return html`<li id="delivery-${delivery.id}"><div class="delivery-head">
${deliveryMark(delivery)}
<div class="delivery-what"><p><a class="name" href="${base}/deliveries/${delivery.id}">${delivery.title}</a>${delivery.isTest ? html` <span class="tag">test</span>` : ""}${delivery.isResend ? html` <span class="tag">sent again</span>` : ""}</p>
<p class="faint">${delivery.severity === null ? "" : html`${severityMark(delivery.severity)} `}${EVENT_WORDS[delivery.event]} → <a href="${base}/sinks/${delivery.sink.id}">${delivery.sink.name}</a> · ${agoTime(delivery.createdAtMs, nowMs)}${tookWords(delivery)}${
    delivery.incidentId === null
      ? ""
      : html` · <a href="${base}/incidents/${delivery.incidentId}">Incident</a>`
  }</p></div>
${resendButton(c, delivery, options)}</div>
${triesLine(delivery, nowMs)}</li>`;
}

/** State as icon and words, with the reason for it. */
export const deliveryMark = ({ state, reason }: Pick<DeliveryLine, "state" | "reason">): Html =>
  html`<span class="mark mark-${DELIVERY_MARKS[state]}">${stateIcon(DELIVERY_MARKS[state])}<span>${DELIVERY_STATE_WORDS[state]}${
    reason === null ? "" : html`<small>${reasonWords(reason)}</small>`
  }</span></span>`;

const tookWords = ({ state, createdAtMs, settledAtMs }: DeliveryLine) =>
  state === "sent" && settledAtMs !== null ? `, accepted after ${spanText(settledAtMs - createdAtMs)}` : "";

/** Sending again is for what is settled: what is on its way is sent in any case. */
export const resendButton = (
  c: WebContext,
  delivery: DeliveryLine,
  { base, mayResend, clickId }: Pick<DeliveryListOptions, "base" | "mayResend" | "clickId">,
): Html | "" =>
  mayResend && delivery.state !== "pending" && delivery.event !== "verification"
    ? postButton(c, {
        action: `${base}/deliveries/${delivery.id}/resend`,
        label: delivery.sink.kind === "webhook" ? "Replay" : "Send again",
        spoken: `${delivery.sink.kind === "webhook" ? "Replay" : "Send again"}: “${delivery.title}” to ${delivery.sink.name}`,
        look: "quiet",
        fields: { click_id: clickId },
      })
    : "";

/** How often it was tried, and what came last or comes next. */
function triesLine(
  { tries, state, lastStatus, lastAnswer, dueAtMs, deadlineAtMs }: DeliveryLine,
  nowMs: number,
): Html | "" {
  const next =
    state === "pending"
      ? html`${dueAtMs <= nowMs ? "Due now" : html`Next try in ${spanText(dueAtMs - nowMs)}`}; given up at ${utcText(deadlineAtMs)}.`
      : "";
  if (tries === 0) {
    return next === "" ? "" : html`<p class="faint">${next}</p>`;
  }
  return html`<p class="faint">${tries === 1 ? "1 try" : `${tries} tries`}, last answer: ${lastStatus ?? "none"}${lastAnswer === null ? "" : html` <code>${lastAnswer}</code>`}${next === "" ? "" : html`. ${next}`}</p>`;
}

/** `accepted, 200`, `not now, timeout`. */
const answerWords = ({ outcome, status, reason }: AttemptLine): string =>
  [
    OUTCOME_WORDS[outcome],
    ...(status === null ? ["no answer"] : [String(status)]),
    ...(reason === null ? [] : [reasonWords(reason)]),
  ].join(", ");

/** Every try with what the receiver said. */
export const attemptTable = (attempts: readonly AttemptLine[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="Tries"><table class="plain"><thead><tr><th scope="col">Try</th><th scope="col">When</th><th scope="col">Came to</th><th scope="col" class="number">Took</th><th scope="col">It answered</th></tr></thead>
<tbody>${attempts.map(
    (attempt) =>
      html`<tr><td>${attempt.n}</td><td><time datetime="${new Date(attempt.atMs).toISOString()}">${utcText(attempt.atMs)}</time></td><td>${answerWords(attempt)}${
        attempt.retryAtMs === null
          ? ""
          : html`<br><span class="faint">again ${spanText(attempt.retryAtMs - attempt.atMs)} later</span>`
      }</td><td class="number">${latencyText(attempt.durationMs)}</td><td>${attempt.answer === null ? "–" : html`<code>${attempt.answer}</code>`}</td></tr>`,
  )}</tbody></table></div>`;

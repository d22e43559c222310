import { SINK_KIND_FACTS } from "@alivemcp/core/sink-kind";
import { dayText, type Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { DeliveryLine } from "../deliveries/deliveries-model.ts";
import { deliveryList } from "../deliveries/delivery-list.ts";
import { reasonWords } from "../deliveries/delivery-words.ts";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { formField } from "../views/form-field.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext } from "../web-env.ts";
import { secretShownOnce } from "./secret-shown-once.ts";
import { failuresTag, lastAnswer, sinkMark } from "./sink-list-view.ts";
import { FOLLOWS_WORDS, kindLabel } from "./sink-words.ts";
import type { SinkLine } from "./sinks-model.ts";

export interface SinkPageModel {
  readonly sink: SinkLine;
  readonly createdAtMs: number;
  readonly verifiedAtMs: number | null;
  /** Rules that name it. */
  readonly rules: readonly { readonly id: string; readonly name: string }[];
  readonly deliveries: readonly DeliveryLine[];
  /** Of this showing of the page: two presses of a button send once. */
  readonly clickId: string;
  readonly may: { readonly write: boolean; readonly resend: boolean };
  /** Of a webhook, right after it was replaced: shown this once. */
  readonly secret: string | null;
  readonly form: { readonly name: string; readonly problems: FormProblems };
  readonly base: string;
  readonly nowMs: number;
}

/** One sink: how it does, what went there, and what may be done with it. */
export function sinkView(c: WebContext, model: SinkPageModel): Html {
  const { sink, base, nowMs } = model;
  const path = `${base}/sinks/${sink.id}`;
  return html`<p class="crumb"><a href="${base}/sinks">Sinks</a></p>
<div class="title-row"><div><h1>${sink.name}</h1><p class="faint">${kindLabel(sink.kind)} · ${sink.shown}${sink.isDefault ? html` <span class="tag">default</span>` : ""}</p></div>${actions(c, model, path)}</div>
<p>${sinkMark(sink)}</p>
${model.secret === null ? "" : secretShownOnce(model.secret, true)}
${troubleNotice(sink)}
<dl class="facts">
<div><dt>Last answer</dt><dd>${lastAnswer(sink, nowMs)}${failuresTag(sink)}</dd></div>
<div><dt>Verified</dt><dd>${model.verifiedAtMs === null ? "Not yet" : dayText(model.verifiedAtMs)}</dd></div>
<div><dt>Added</dt><dd>${dayText(model.createdAtMs)}</dd></div>
<div><dt>Follow-ups</dt><dd>${FOLLOWS_WORDS[SINK_KIND_FACTS[sink.kind].follows]}</dd></div>
<div><dt>Used by</dt><dd>${usedBy(model)}</dd></div></dl>
<section aria-labelledby="log-title"><h2 id="log-title">Latest messages</h2>
${model.deliveries.length === 0 ? html`<p class="faint">None yet.</p>` : html`${deliveryList(c, model.deliveries, { base, mayResend: model.may.resend, clickId: model.clickId, nowMs })}<p><a href="${base}/deliveries?sink=${sink.id}">All messages to ${sink.name}</a></p>`}</section>
${model.may.write ? settings(c, model, path) : ""}`;
}

const troubleNotice = ({ state, disabledReason }: SinkLine): Html | "" =>
  state === "disabled"
    ? html`<p class="notice notice-bad">Nothing is sent here any more${disabledReason === null ? "" : `: ${reasonWords(disabledReason)}`}. Put right what is wrong there, then switch it on again: it is verified anew.</p>`
    : "";

function usedBy({ rules, sink, base }: SinkPageModel): Html | string {
  if (rules.length === 0) {
    return sink.isDefault
      ? "Everything that no rule sends elsewhere"
      : html`No rule yet. <a href="${base}/rules/new">Make one</a>`;
  }
  return html`${rules.map(({ id, name }, index) => html`${index === 0 ? "" : ", "}<a href="${base}/rules/${id}">${name}</a>`)}`;
}

function actions(c: WebContext, { sink, may }: SinkPageModel, path: string): Html | "" {
  if (!may.write) {
    return "";
  }
  switch (sink.state) {
    case "verified":
      return html`<div class="actions">${postButton(c, { action: `${path}/test`, label: "Send a test" })}</div>`;
    case "unverified":
      return html`<div class="actions"><a class="button" href="${path}/verify">Verify it</a></div>`;
    case "disabled":
      return html`<div class="actions">${postButton(c, { action: `${path}/enable`, label: "Switch on again" })}</div>`;
  }
}

function settings(c: WebContext, model: SinkPageModel, path: string): Html {
  const { sink, form } = model;
  const { problems } = form;
  return html`<section aria-labelledby="settings-title"><h2 id="settings-title">Settings</h2>
<form class="stack" method="post" action="${path}/name">${csrfField(c)}
${formField({ name: "name", label: "Name", value: form.name, problem: problems.name, autocomplete: "off", maxlength: 100 })}
<p class="row"><button type="submit" class="quiet">Rename</button></p></form>
<div class="actions"><a class="button quiet" href="${path}/settings">Replace its settings</a>
${sink.isDefault || sink.state !== "verified" ? "" : postButton(c, { action: `${path}/default`, label: "Make it the default", look: "quiet" })}
${
  sink.kind === "webhook"
    ? confirmDetails({
        label: "New signing secret",
        body: html`<p>It is shown once. The present one signs beside it for 24 hours, so that your receiver loses nothing.</p>${postButton(c, { action: `${path}/secret`, label: "Rotate secret" })}`,
      })
    : ""
}
${
  sink.isDefault
    ? ""
    : confirmDetails({
        label: "Delete",
        body: html`<p>Nothing is sent there any more, rules no longer name it, and its messages leave the log.</p>${postButton(c, { action: `${path}/delete`, label: `Delete ${sink.name}`, look: "danger" })}`,
      })
}</div></section>`;
}

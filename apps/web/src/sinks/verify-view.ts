import { SINK_KIND_FACTS, type SinkProof } from "@alivemcp/core/sink-kind";
import { type Html, spanText } from "@alivemcp/pages/figures";
import { stateIcon } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import type { FormProblems } from "../forms/read-form.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { formField, formProblem } from "../views/form-field.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext } from "../web-env.ts";
import { secretShownOnce } from "./secret-shown-once.ts";
import { lastAnswer } from "./sink-list-view.ts";
import { kindLabel } from "./sink-words.ts";
import type { SinkLine } from "./sinks-model.ts";

export interface VerifyModel {
  readonly sink: SinkLine;
  /** Until when what was sent is good; null: nothing waits. */
  readonly proofExpiresAtMs: number | null;
  readonly mayWrite: boolean;
  /** The secret that signs webhooks, right after it was made: shown this once. */
  readonly secret: string | null;
  /** What the live stream compares with. */
  readonly digest: string;
  readonly base: string;
  readonly problems: FormProblems;
  readonly nowMs: number;
}

/** What a person does to prove it, by kind of proof. */
const TASKS: Readonly<Record<SinkProof, { readonly heading: string; readonly body: string }>> = {
  code: {
    heading: "Type the code back",
    body: "We posted a code there. It is in the newest message of AliveMCP; it works for 15 minutes and 5 tries.",
  },
  link: {
    heading: "Press the button in the mail",
    body: "We sent a mail to the address. Whoever reads it opens the link and confirms; the link works once, for 24 hours.",
  },
  challenge: {
    heading: "Let the receiver answer",
    body: "We post an event “verification” with a challenge. A receiver that answers 200 with the challenge as its body, or as the member “challenge” of a JSON object, is verified at once. Or type it here.",
  },
};

/** Step three of a sink: the proof. */
export function verifyView(c: WebContext, model: VerifyModel): Html {
  const { sink, base, mayWrite } = model;
  const { proof } = SINK_KIND_FACTS[sink.kind];
  const path = `${base}/sinks/${sink.id}`;
  const isWaiting = waitsMs(model) > 0;
  return html`<p class="crumb"><a href="${base}/sinks">Sinks</a> / <a href="${path}">${sink.name}</a></p>
<h1>Verify ${sink.name}</h1><p class="lead">${kindLabel(sink.kind)} · ${sink.shown}</p>
${model.secret === null ? "" : secretShownOnce(model.secret)}
<div id="verify" data-live="${path}/events?since=${model.digest}">
${sink.state === "verified" ? done(path) : task(model)}
</div>
${sink.state === "verified" ? "" : mayWrite ? forms(c, model, { path, isWaiting, hasCode: proof !== "link" }) : html`<p class="faint">An owner or admin of this workspace can verify it.</p>`}
<section aria-labelledby="next-title"><h2 id="next-title">What happens then</h2>
<p>As soon as it is verified, alerts go there by your <a href="${base}/rules">rules</a>. Before that, nothing but this proof does.</p></section>`;
}

/** How long what was sent still works. */
const waitsMs = ({ proofExpiresAtMs, nowMs }: VerifyModel) => Math.max(0, (proofExpiresAtMs ?? 0) - nowMs);

const done = (path: string): Html =>
  html`<h2 class="mark mark-live">${stateIcon("live")}<span>It is verified</span></h2><p>Alerts go there from now on. <a href="${path}">Go on to the sink</a>, and send it a test.</p>`;

function task(model: VerifyModel): Html {
  const { heading, body } = TASKS[SINK_KIND_FACTS[model.sink.kind].proof];
  const leftMs = waitsMs(model);
  return html`<h2>${heading}</h2><p>${body}</p><p>${lastAnswer(model.sink, model.nowMs)}</p>
<p class="faint">${leftMs > 0 ? `What we sent works for ${spanText(leftMs)} more.` : "What we sent works no more; send it again."}</p>`;
}

function forms(
  c: WebContext,
  { problems }: VerifyModel,
  { path, isWaiting, hasCode }: { path: string; isWaiting: boolean; hasCode: boolean },
): Html {
  return html`${formProblem(problems.form)}${
    hasCode
      ? html`<form class="stack" method="post" action="${path}/verify">${csrfField(c)}
${formField({ name: "code", label: "Code", problem: problems.code, autocomplete: "one-time-code", maxlength: 100 })}
<p class="row"><button type="submit"${isWaiting ? "" : html` disabled`}>Verify</button></p></form>`
      : ""
  }${postButton(c, { action: `${path}/proof`, label: "Send it again", look: "quiet" })}`;
}

import type { BoardEndpoint } from "@alivemcp/db/queries/follows";
import { cadenceText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";

export interface BoardEndpointModel {
  readonly endpoint: BoardEndpoint;
  /** Null: not followed. */
  readonly followedCadenceS: number | null;
  readonly cadenceSMin: number;
  readonly mayFollow: boolean;
  readonly mayClaim: boolean;
  /** `/w/<workspace>`. */
  readonly base: string;
  readonly publicUrl: string;
  readonly csrf: Html;
  readonly problem: string | null;
}

const CADENCES_S = [30, 60, 300, 900, 3_600] as const;

/** An endpoint of the board, as a workspace looks at it: follow it, or claim it. */
export function boardEndpointView(model: BoardEndpointModel): Html {
  const { endpoint, base, problem } = model;
  return html`<p class="crumb"><a href="${base}/">Endpoints</a></p>
<h1>${endpoint.name}</h1><p class="url">${endpoint.url}</p>
<p>It is on the public board: <a href="${model.publicUrl}/status/${endpoint.slug}">show its status page</a>.</p>
${problem === null ? "" : html`<p class="notice notice-bad" role="alert">${problem}</p>`}
<section aria-labelledby="follow-title"><h2 id="follow-title">Follow</h2>${following(model)}</section>
<section aria-labelledby="claim-title"><h2 id="claim-title">Claim</h2>${claiming(model)}</section>`;
}

function following(model: BoardEndpointModel): Html {
  const { endpoint, followedCadenceS, base, csrf } = model;
  const path = `${base}/board/${endpoint.slug}`;
  const what = html`<p>Following shows it among your endpoints, with the same probes and the same history, and lets this workspace have alerts of its own. It counts as one endpoint of the plan.</p>`;
  if (!model.mayFollow) {
    return html`${what}<p class="faint">A member, admin or the owner of this workspace can follow it.</p>`;
  }
  const offered = CADENCES_S.filter((cadenceS) => cadenceS >= model.cadenceSMin);
  const chosen = followedCadenceS ?? Math.max(60, model.cadenceSMin);
  return html`${what}
<form class="stack" method="post" action="${path}/follow">${csrf}
<label><span>Probed at least</span><select name="cadence_s">${offered.map(
    (cadenceS) =>
      html`<option value="${cadenceS}"${cadenceS === chosen ? html` selected` : ""}>${cadenceText(cadenceS * 1_000)}</option>`,
  )}</select></label>
<button type="submit">${followedCadenceS === null ? "Follow" : "Save"}</button></form>
${
  followedCadenceS === null
    ? ""
    : html`<form method="post" action="${path}/unfollow">${csrf}<button class="quiet" type="submit">Stop following</button></form>`
}`;
}

function claiming({ endpoint, mayClaim, base }: BoardEndpointModel): Html {
  if (endpoint.standing !== "unclaimed") {
    return html`<p>Somebody has claimed it already. If it is yours, the claim page says whom to write to.</p>
<p><a href="${base}/board/${endpoint.slug}/claim">Is it yours?</a></p>`;
  }
  return html`<p>Nobody has claimed it yet. If it is yours, prove it: then it is probed at your plan’s cadence from every region, its health tool is called, and it is yours to configure.</p>
${
  mayClaim
    ? html`<p><a class="button quiet" href="${base}/board/${endpoint.slug}/claim">Claim it</a></p>`
    : html`<p class="faint">An admin or the owner of this workspace can claim it.</p>`
}`;
}

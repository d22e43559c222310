import { decidePermission } from "@alivemcp/core/permissions";
import type { ReleaseSettledReason } from "@alivemcp/core/release-window";
import type { ReleaseWindowRow } from "@alivemcp/db/queries/release-windows";
import { type Html, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { csrfField } from "../middleware/form-guard.ts";
import type { WebContext } from "../web-env.ts";

/** Lengths offered; a release takes at most a day. */
export const RELEASE_LENGTHS = {
  "30m": { label: "30 minutes", ms: 30 * 60_000 },
  "1h": { label: "1 hour", ms: 3_600_000 },
  "2h": { label: "2 hours", ms: 2 * 3_600_000 },
  "4h": { label: "4 hours", ms: 4 * 3_600_000 },
  "12h": { label: "12 hours", ms: 12 * 3_600_000 },
  "24h": { label: "24 hours", ms: 24 * 3_600_000 },
} as const;

const SETTLED_WORDS: Record<ReleaseSettledReason, string> = {
  accepted: "over: what was served at its end is the baseline",
  "nothing-changed": "over: nothing changed",
  "not-announced": "over: something else had changed before, look at it",
  "regions-differ": "over: regions serve different lists, look at them",
};
const SHOWN = 10;

/** Releases that were announced, and the form for the next one; no form for who may not. */
export function releaseView(
  c: WebContext,
  input: { readonly home: string; readonly releases: readonly ReleaseWindowRow[]; readonly nowMs: number },
): Html {
  const { home, releases, nowMs } = input;
  const mayAnnounce = decidePermission(c.var.workspace.caller.actor, "drift.announce").kind === "allowed";
  return html`<section aria-labelledby="releases-title"><h2 id="releases-title">Announced releases</h2>
<p class="faint">While a release lasts, changes of the tools are expected and alarm nobody; the list at its end becomes the baseline.</p>
${releases.length === 0 ? "" : html`<ul class="releases">${releases.slice(0, SHOWN).map((release) => releaseItem(c, { release, home, nowMs, mayAnnounce }))}</ul>`}
${mayAnnounce ? announceForm(c, home) : ""}</section>`;
}

function releaseItem(
  c: WebContext,
  {
    release,
    home,
    nowMs,
    mayAnnounce,
  }: { release: ReleaseWindowRow; home: string; nowMs: number; mayAnnounce: boolean },
): Html {
  const isOpen = release.cancelledAt === null && release.settledAt === null;
  return html`<li><b>${utcText(release.fromAt.getTime())}</b> to <b>${utcText(release.untilAt.getTime())}</b>: ${stateWords(release, nowMs)}. <span class="faint">${release.note ?? ""} ${release.announcedBy}</span>${
    isOpen && mayAnnounce
      ? html` <form method="post" action="${home}/releases/${release.id}/cancel">${csrfField(c)}<button type="submit" class="quiet">Cancel</button></form>`
      : ""
  }</li>`;
}

function stateWords(release: ReleaseWindowRow, nowMs: number): string {
  if (release.cancelledAt !== null) {
    return "cancelled";
  }
  if (release.settledReason !== null) {
    return SETTLED_WORDS[release.settledReason];
  }
  return release.fromAt.getTime() > nowMs
    ? "announced"
    : release.untilAt.getTime() > nowMs
      ? "going on"
      : "being settled";
}

const announceForm = (c: WebContext, home: string) =>
  html`<form method="post" action="${home}/releases" class="toolbar">${csrfField(c)}
<label><span>Begins (UTC), empty: now</span><input type="datetime-local" name="from"></label>
<label><span>Takes</span><select name="length">${Object.entries(RELEASE_LENGTHS).map(
    ([value, { label }]) =>
      html`<option value="${value}"${value === "1h" ? html` selected` : ""}>${label}</option>`,
  )}</select></label>
<label class="grow"><span>Note (optional)</span><input name="note" maxlength="500" autocomplete="off"></label>
<button type="submit" class="quiet">Announce a release</button></form>`;

import { html } from "hono/html";
import { exactTime, type Html } from "./figures.ts";
import type { TransitionEntry } from "./to-transition-entry.ts";

/** Confirmed changes of state, newest first, each with the reason it was decided for. */
export function transitionList(transitions: readonly TransitionEntry[], nowMs: number): Html {
  if (transitions.length === 0) {
    return html`<p class="faint">The state has not changed since the endpoint is watched.</p>`;
  }
  return html`<table class="plain"><thead><tr><th scope="col">When</th><th scope="col">Change</th><th scope="col">Why</th></tr></thead>
<tbody>${transitions.map(
    (transition) =>
      html`<tr><td>${exactTime(transition.atMs, nowMs)}</td><th scope="row">${transition.change}</th><td>${transition.why}</td></tr>`,
  )}</tbody></table>`;
}

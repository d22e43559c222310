import { type Html, spanText, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { type ScopeLine, scopeWords } from "../rules/scope-words.ts";
import { alertingTabs } from "../views/alerting-tabs.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext } from "../web-env.ts";

/** One window as its list shows it. */
export interface WindowLine {
  readonly id: string;
  readonly name: string;
  readonly scope: ScopeLine;
  readonly note: string | null;
  readonly isPublic: boolean;
  /** "every Tue and Thu 02:00–04:00 Europe/Berlin"; null: once. */
  readonly recurrence: string | null;
  /** Of the time that runs, else of the next one, else of the last. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isCancelled: boolean;
}

export interface MaintenanceModel {
  readonly running: readonly WindowLine[];
  readonly upcoming: readonly WindowLine[];
  readonly past: readonly WindowLine[];
  readonly base: string;
  readonly mayWrite: boolean;
  readonly nowMs: number;
}

/** When alerts are kept quiet because somebody works on the endpoints. */
export function maintenanceView(c: WebContext, model: MaintenanceModel): Html {
  const { running, upcoming, past, base, mayWrite } = model;
  const isEmpty = running.length + upcoming.length + past.length === 0;
  return html`<div class="title-row"><h1>Maintenance</h1>${mayWrite && !isEmpty ? html`<p class="actions"><a class="button" href="${base}/maintenance/new">Plan a window</a></p>` : ""}</div>
${alertingTabs(base, "maintenance")}
<p class="lead">While a window lasts nobody is paged for its endpoints, and its minutes count neither for nor against their uptime. What is still wrong at its end is told then.</p>
${
  isEmpty
    ? html`<div class="empty"><h2>No maintenance planned</h2><p>Plan a window before you work on an endpoint, once or every week.</p>${mayWrite ? html`<p><a class="button" href="${base}/maintenance/new">Plan a window</a></p>` : ""}</div>`
    : html`${part(c, model, { title: "Running now", windows: running, state: "running" })}${part(c, model, { title: "Upcoming", windows: upcoming, state: "upcoming" })}${part(c, model, { title: "Past", windows: past, state: "past" })}`
}`;
}

type WindowState = "running" | "upcoming" | "past";

const part = (
  c: WebContext,
  model: MaintenanceModel,
  { title, windows, state }: { title: string; windows: readonly WindowLine[]; state: WindowState },
): Html | "" =>
  windows.length === 0
    ? ""
    : html`<section aria-labelledby="${state}-title"><h2 id="${state}-title">${title}</h2><ul class="events">${windows.map((window) => windowItem(c, model, { window, state }))}</ul></section>`;

function windowItem(
  c: WebContext,
  model: MaintenanceModel,
  { window, state }: { window: WindowLine; state: WindowState },
): Html {
  const { fromMs, untilMs, recurrence } = window;
  return html`<li class="window"><div><p><b>${window.name}</b>${window.isCancelled ? html` <span class="tag">cancelled</span>` : ""}${recurrence === null ? "" : html` <span class="tag">weekly</span>`}${window.isPublic ? "" : html` <span class="tag">not on public pages</span>`}</p>
<p>${utcText(fromMs)} to ${utcText(untilMs)} <span class="faint">${whenWords(window, state, model.nowMs)}</span></p>
<p class="faint">${scopeWords(window.scope)}${recurrence === null ? "" : ` · ${recurrence}`}</p>
${window.note === null ? "" : html`<p class="lines">${window.note}</p>`}</div>
${model.mayWrite ? windowActions(c, model, { window, state }) : ""}</li>`;
}

function whenWords({ fromMs, untilMs }: WindowLine, state: WindowState, nowMs: number): string {
  switch (state) {
    case "running":
      return `${spanText(untilMs - nowMs)} left`;
    case "upcoming":
      return `in ${spanText(fromMs - nowMs)}`;
    case "past":
      return `${spanText(untilMs - fromMs)} long`;
  }
}

function windowActions(
  c: WebContext,
  { base }: MaintenanceModel,
  { window, state }: { window: WindowLine; state: WindowState },
): Html | "" {
  const path = `${base}/maintenance/${window.id}`;
  if (state === "past") {
    return "";
  }
  const isOnce = window.recurrence === null;
  if (state === "running" && isOnce) {
    return html`<div class="actions">${postButton(c, { action: `${path}/end`, label: "End now", spoken: `End now: ${window.name}`, look: "quiet" })}</div>`;
  }
  return html`<div class="actions">${confirmDetails({
    label: state === "running" ? "End" : "Cancel",
    spoken: `${state === "running" ? "End" : "Cancel"} ${window.name}`,
    body: html`<p>${isOnce ? "It does not take place." : state === "running" ? "It is over now, and does not come again." : "It takes place no more."}</p>${postButton(c, { action: `${path}/end`, label: isOnce ? `Cancel ${window.name}` : `End ${window.name} for good`, look: "danger" })}`,
  })}</div>`;
}

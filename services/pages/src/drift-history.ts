import type { DriftClass, DriftKind } from "@alivemcp/core/drift-change";
import { html } from "hono/html";
import { exactTime, type Html } from "./figures.ts";
import type { DriftEntry } from "./to-drift-entry.ts";

/** A change in words, without its tool and place. */
export const CHANGE_WORDS: Record<DriftKind, string> = {
  tool_added: "tool added",
  tool_removed: "tool removed",
  tool_renamed: "tool renamed",
  param_added_optional: "optional parameter added",
  param_added_required: "required parameter added",
  param_removed: "parameter removed",
  param_type_changed: "parameter type changed",
  enum_narrowed: "allowed values reduced",
  enum_widened: "allowed values extended",
  constraint_narrowed: "constraint tightened",
  constraint_widened: "constraint loosened",
  output_changed: "output changed",
  description_changed: "description changed",
  annotation_changed: "annotation changed",
};

/** An event as a headline. */
export const EVENT_WORDS: Record<DriftEntry["kind"], string> = {
  drift: "The tool list changed",
  inconsistent_replicas: "Replicas answer with different tool lists",
  inconsistent_regions: "Regions are served different tool lists",
  tool_list_emptied: "The tool list became empty",
};

export interface DriftHistoryOptions {
  readonly nowMs: number;
  /** Address of the page of an event by its id; absent: events have none. */
  readonly hrefOf?: (id: string) => string;
}

/** What changed in the tools, newest first, each change typed and marked breaking or not. */
export function driftHistory(events: readonly DriftEntry[], options: DriftHistoryOptions): Html {
  if (events.length === 0) {
    return html`<p class="faint">No change of the tool list has been seen.</p>`;
  }
  return html`<ol class="events">${events.map((event) => entry(event, options))}</ol>`;
}

function entry(event: DriftEntry, { nowMs, hrefOf }: DriftHistoryOptions): Html {
  const words = html`<b>${EVENT_WORDS[event.kind]}</b>`;
  const title =
    event.id === null || hrefOf === undefined ? words : html`<a href="${hrefOf(event.id)}">${words}</a>`;
  return html`<li><p>${title}${event.regionCity === null ? "" : html`, seen from ${event.regionCity}`}
${event.isBreaking ? html`<span class="tag tag-bad">breaking</span>` : html`<span class="tag">not breaking</span>`}${
  event.isSuspicious
    ? html` <span class="tag tag-warn" title="New text tells an agent what to do: a person should look">new instructions</span>`
    : ""
}${event.isAnnounced ? html` <span class="tag" title="Its owner had announced a release">announced</span>` : ""}${event.isAccepted ? html` <span class="tag">accepted</span>` : ""}
<span class="faint">${exactTime(event.atMs, nowMs)}</span></p>
${event.changes.length === 0 ? "" : html`<ul class="changes">${event.changes.map(change)}</ul>`}
${event.moreChanges > 0 ? html`<p class="faint">and ${event.moreChanges} more changes</p>` : ""}</li>`;
}

/** The mark of a change that a person should see; nothing for a compatible one. */
export function classMark(driftClass: DriftClass): Html | "" {
  switch (driftClass) {
    case "breaking":
      return html`<span class="tag tag-bad">breaking</span>`;
    case "review":
      return html`<span class="tag tag-warn">needs a look</span>`;
    case "compatible":
      return "";
  }
}

function change({ kind, class: driftClass, tool, path }: DriftEntry["changes"][number]): Html {
  const mark = classMark(driftClass);
  return html`<li><code>${tool}</code> ${CHANGE_WORDS[kind]}${path === "" ? "" : html` at <code>${path}</code>`} ${mark}</li>`;
}

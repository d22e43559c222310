import type { DriftEventDetails } from "@alivemcp/actions/drift/read-drift-event";
import type { DriftChange } from "@alivemcp/core/drift-change";
import { findInstructionMark, type InstructionMark, splitInvisible } from "@alivemcp/core/hidden-instruction";
import { publicLine } from "@alivemcp/core/public-text";
import { diffTools, type ToolDiff, type ToolDiffs } from "@alivemcp/core/tool-diffs";
import { CHANGE_WORDS, classMark, EVENT_WORDS } from "@alivemcp/pages/drift-history";
import { exactTime, type Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { type DiffRow, diffRows } from "./diff-rows.ts";
import { readStoredChanges } from "./stored-change.ts";

export interface DriftViewOptions {
  /** `/w/<workspace>/endpoints/<slug>`. */
  readonly home: string;
  /** The form that accepts the new list; empty for who may not, or when nothing is open. */
  readonly acceptForm: Html | "";
  cityOf(region: string): string;
  readonly nowMs: number;
}

const MARK_WORDS: Record<InstructionMark, string> = {
  invisible_characters: "It holds characters that nobody sees and a model reads.",
  hidden_markup: "It holds markup that a reader of the rendered text does not see.",
  steering: "It tells an agent what to do instead of what the tool does.",
};

/** One change of the tools, tool by tool, like a pull request: what breaks first, then every line. */
export function driftView(details: DriftEventDetails, options: DriftViewOptions): Html {
  const { event, before, after } = details;
  const changes = readStoredChanges(event.changes);
  const diffs = before === null || after === null ? null : diffTools(before, after, changes);
  return html`<p class="crumb"><a href="${options.home}/tools">All changes of its tools</a></p>
<header class="diff-head"><h2>${EVENT_WORDS[event.kind]}</h2>
<p>${event.isBreaking ? html`<span class="tag tag-bad">breaking</span>` : html`<span class="tag">not breaking</span>`}
${event.isSuspicious ? html`<span class="tag tag-warn">new instructions</span>` : ""}
${event.acceptedAtMs === null ? "" : html`<span class="tag">accepted${event.acceptedBy === null ? "" : ` by ${publicLine(event.acceptedBy, 80)}`}</span>`}
<span class="faint">${exactTime(event.atMs, options.nowMs)}${event.region === null ? "" : `, seen first from ${options.cityOf(event.region)}`}</span></p>
${event.isSuspicious ? html`<p class="notice notice-bad">New text tells an agent what to do, or hides. Read the marked lines before anybody accepts this list.</p>` : ""}
${options.acceptForm}</header>
${diffs === null ? changesOnly(changes) : toolDiffs(diffs, changes)}`;
}

function toolDiffs(diffs: ToolDiffs, changes: readonly DriftChange[]): Html {
  const shown = new Set(diffs.tools.flatMap((tool) => tool.changes));
  const elsewhere = changes.filter((change) => !shown.has(change));
  return html`<p class="faint">${countText(diffs)}</p>
${diffs.tools.map(toolDiff)}
${diffs.toolsOmitted === 0 ? "" : html`<p class="notice">${diffs.toolsOmitted} more changed tools are not shown.</p>`}
${elsewhere.length === 0 ? "" : html`<section aria-labelledby="more-title"><h2 id="more-title">Further changes</h2>${changeList(elsewhere, true)}</section>`}`;
}

function countText({ tools, toolsOmitted, unchanged }: ToolDiffs): string {
  const changed = tools.length + toolsOmitted;
  const differ = changed === 1 ? "One tool differs" : `${changed} tools differ`;
  const stay = unchanged === 1 ? "one stays as it is" : `${unchanged} stay as they are`;
  return unchanged === 0 ? `${differ}.` : `${differ}, ${stay}.`;
}

/** The lists are not stored (any more): the typed changes are all there is. */
function changesOnly(changes: readonly DriftChange[]): Html {
  return html`<p class="notice">The lists themselves are not stored any more; these are the changes that were noted.</p>${changeList(changes, true)}`;
}

function toolDiff(diff: ToolDiff, index: number): Html {
  const kind = diff.kind === "changed" ? "" : html` <span class="tag">${diff.kind}</span>`;
  const name = publicLine(diff.tool, 128);
  return html`<section class="tool-diff" aria-labelledby="tool-${index}"><h3 id="tool-${index}"><code>${name === "" ? "(no name)" : name}</code>${diff.wasCalled === null ? "" : html` <span class="faint">was <code>${publicLine(diff.wasCalled, 128)}</code></span>`}${kind}${classMark(worstClass(diff.changes))}</h3>
${diff.changes.length === 0 ? "" : changeList(diff.changes, false)}
${lines(diff)}
${diff.linesOmitted === 0 ? "" : html`<p class="faint">${diff.linesOmitted} more lines of its definition are not shown.</p>`}</section>`;
}

const worstClass = (changes: readonly DriftChange[]) =>
  changes.find(({ class: driftClass }) => driftClass === "breaking")?.class ??
  changes.find(({ class: driftClass }) => driftClass === "review")?.class ??
  "compatible";

function changeList(changes: readonly DriftChange[], withTool: boolean): Html {
  return html`<ul class="changes">${changes.map(
    (change) =>
      html`<li>${withTool ? html`<code>${publicLine(change.tool, 128)}</code> ` : ""}${CHANGE_WORDS[change.kind]}${change.path === "" ? "" : html` at <code>${publicLine(change.path, 200)}</code>`} ${classMark(change.class)}${
        change.concern === "safety" ? html` <span class="tag tag-warn">admits more harm</span>` : ""
      }</li>`,
  )}</ul>`;
}

function lines({ tool, lines: all }: ToolDiff): Html {
  return html`<div class="diff" role="region" tabindex="0" aria-label="Lines of ${publicLine(tool, 128)}"><table><caption class="visually-hidden">Definition before and after, line by line</caption>
<thead class="visually-hidden"><tr><th scope="col">Before</th><th scope="col">After</th><th scope="col">Change</th><th scope="col">Line</th></tr></thead>
<tbody>${diffRows(all).map(diffRow)}</tbody></table></div>`;
}

const SIGNS = { same: "", added: "+", removed: "−" } as const;

function diffRow(row: DiffRow): Html {
  if (row.kind === "gap") {
    return html`<tr class="gap"><td colspan="4">${row.lines === 1 ? "one unchanged line" : `${row.lines} unchanged lines`}</td></tr>`;
  }
  const mark = row.kind === "added" ? findInstructionMark(row.text) : null;
  return html`<tr class="line-${row.kind}"><td class="no">${row.before ?? ""}</td><td class="no">${row.after ?? ""}</td><td class="sign">${SIGNS[row.kind]}${
    row.kind === "same" ? "" : html`<span class="visually-hidden">${row.kind}</span>`
  }</td><td class="text">${lineText(row)}${mark === null ? "" : html`<p class="instruction"><b>A person should read this line.</b> ${MARK_WORDS[mark]}</p>`}</td></tr>`;
}

function lineText({ text, changed }: Exclude<DiffRow, { kind: "gap" }>): Html {
  if (changed === null) {
    return html`${visible(text)}`;
  }
  const [start, end] = changed;
  return html`${visible(text.slice(0, start))}<b>${visible(text.slice(start, end))}</b>${visible(text.slice(end))}`;
}

/** Characters that show nothing are named, so that nothing in a definition stays hidden. */
function visible(text: string): Html[] {
  return splitInvisible(text.toWellFormed()).map((part) =>
    part.isInvisible
      ? html`<mark class="invisible">${[...part.text].map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`).join(" ")}</mark>`
      : html`${part.text}`,
  );
}

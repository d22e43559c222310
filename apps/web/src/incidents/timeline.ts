import { type Html, spanText, utcText } from "@alivemcp/pages/figures";
import { html } from "hono/html";

/** One thing that happened to an incident. */
export interface TimelineEntry {
  readonly atMs: number;
  /** What kind of thing: decides its sign only. */
  readonly tone: "bad" | "good" | "person" | "message" | "fact";
  /** One sentence. */
  readonly sentence: string;
  /** What a person wrote, with line breaks. */
  readonly text: string | null;
  readonly who: string | null;
  readonly href: string | null;
}

/** What happened, oldest first. */
export const timeline = (entries: readonly TimelineEntry[], nowMs: number): Html =>
  entries.length === 0
    ? html`<p class="faint">Nothing yet.</p>`
    : html`<ol class="timeline">${entries.map(
        (entry) =>
          html`<li class="moment moment-${entry.tone}"><time datetime="${new Date(entry.atMs).toISOString()}" title="${spanText(nowMs - entry.atMs)} ago">${utcText(entry.atMs).slice(0, 19)}</time>
<div><p>${entry.href === null ? entry.sentence : html`<a href="${entry.href}">${entry.sentence}</a>`}${entry.who === null ? "" : html` <span class="faint">${entry.who}</span>`}</p>${
            entry.text === null ? "" : html`<blockquote>${entry.text}</blockquote>`
          }</div></li>`,
      )}</ol>`;

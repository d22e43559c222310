import { BADGE_LABEL_CHARS_MAX, BADGE_STYLES, BADGE_THEMES } from "@alivemcp/core/badge-options";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { badgeUrl, type Snippet, type SnippetInput, snippetsOf } from "./snippets.ts";

export interface BadgeViewInput extends SnippetInput {
  readonly name: string;
  /** `/w/<workspace>`. */
  readonly base: string;
}

/** The badge as others see it, and ready text for READMEs, pages, scripts and monitors. */
export function badgeView(input: BadgeViewInput): Html {
  return html`${input.isPrivate ? privateNote(input) : preview(input)}
${snippetsOf(input).map(snippet)}`;
}

const privateNote = ({ base }: BadgeViewInput) =>
  html`<p class="notice">A private endpoint has no badge and no public page. Scripts read its state with an <a href="${base}/keys">API key</a>.</p>`;

function preview(input: BadgeViewInput): Html {
  const { badge, name } = input;
  const options = (words: readonly string[], chosen: string) =>
    words.map((word) => html`<option${word === chosen ? html` selected` : ""}>${word}</option>`);
  return html`<section aria-labelledby="badge-title"><h2 id="badge-title">Badge</h2>
<p class="badge-preview"><img src="${badgeUrl(input)}" alt="Badge of ${name}" height="${badge.style === "for-the-badge" ? 28 : 20}"></p>
<form class="toolbar" method="get">
<label><span>Style</span><select name="style">${options(BADGE_STYLES, badge.style)}</select></label>
<label><span>Theme</span><select name="theme">${options(BADGE_THEMES, badge.theme)}</select></label>
<label><span>Label</span><input name="label" value="${badge.label}" maxlength="${BADGE_LABEL_CHARS_MAX}" placeholder="mcp" autocomplete="off"></label>
<button type="submit" class="quiet">Preview</button></form></section>`;
}

function snippet({ id, title, words, text }: Snippet): Html {
  return html`<section class="snippet" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
<p class="faint">${words}</p>
<pre tabindex="0" data-copy><code>${text}</code></pre></section>`;
}

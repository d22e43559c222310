import { html } from "hono/html";

/** Our own sentences with `code` and **strong** words as HTML; everything else is escaped. */
export function prose(text: string) {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*)/);
  return html`${parts.map((part) => {
    if (part.startsWith("`")) {
      return html`<code>${part.slice(1, -1)}</code>`;
    }
    return part.startsWith("**") ? html`<strong>${part.slice(2, -2)}</strong>` : part;
  })}`;
}

import type { Notice } from "@alivemcp/actions/notices/list-notices";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";

/** What the workspace should know and nobody clicked for, above everything else. */
export function noticeList(
  notices: readonly Notice[],
  options: { readonly base: string; readonly csrf: Html; readonly mayDismiss: boolean },
): Html | "" {
  if (notices.length === 0) {
    return "";
  }
  return html`<ul class="notices" aria-label="Notices">${notices.map(
    ({ id, sentence }) =>
      html`<li class="notice"><span>${sentence}</span>${
        options.mayDismiss
          ? html`<form method="post" action="${options.base}/notices/${id}/dismiss">${options.csrf}<button class="quiet" type="submit">Dismiss</button></form>`
          : ""
      }</li>`,
  )}</ul>`;
}

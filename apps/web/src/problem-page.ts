import { ERROR_STATUS } from "@alivemcp/core/app-error";
import { toPageProblem } from "@alivemcp/pages/page-problem";
import type { Logger } from "@alivemcp/runtime/logger";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { renderPage } from "./render-page.ts";
import type { WebContext } from "./web-env.ts";

/** The one place where an error becomes a page. What is `internal` is logged, never shown. */
export async function problemPage(
  deps: { readonly log: Logger },
  err: unknown,
  c: WebContext,
): Promise<Response> {
  const { title, error } = toPageProblem(err);
  const status = ERROR_STATUS[error.code] as ContentfulStatusCode;
  const { requestId } = c.var;
  deps.log[status >= 500 ? "error" : "info"]({ err, code: error.code, requestId }, "request refused");
  if (error.retryAfterS !== null) {
    c.header("retry-after", String(error.retryAfterS));
  }
  // Before the viewer is known there is no page to show it on.
  if (c.get("formToken") === undefined || c.req.header("accept")?.startsWith("application/json")) {
    return c.json({ title, status, detail: error.public }, status);
  }
  const way =
    error.code === "unauthenticated"
      ? html`<a class="button" href="/sign-in">Sign in</a>`
      : html`<a href="/">Back to the start</a>`;
  const body = html`<div class="empty"><h1>${title}</h1><p>${error.public}</p><p>${way}</p>
${status >= 500 ? html`<p class="faint">If you write to us about it, name request <code>${requestId}</code>.</p>` : ""}</div>`;
  return c.html(await renderPage(c, { title, body }), status);
}

import { ERROR_STATUS } from "@alivemcp/core/app-error";
import { toPageProblem } from "@alivemcp/pages/page-problem";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Deps } from "./deps.ts";
import { layout } from "./views/layout.ts";
import { problemView } from "./views/problem-view.ts";

/** The one place where an error becomes a page, or JSON below `/api/`. What is `internal` is logged, never sent. */
export async function errorPage(
  deps: Pick<Deps, "log" | "site">,
  err: unknown,
  c: Context,
): Promise<Response> {
  const { title, error } = toPageProblem(err);
  const status = ERROR_STATUS[error.code] as ContentfulStatusCode;
  deps.log[status >= 500 ? "error" : "debug"](
    { err, path: c.req.path, requestId: c.get("requestId") },
    "request refused",
  );
  if (error.retryAfterS !== null) {
    c.header("retry-after", String(error.retryAfterS));
  }
  c.header("cache-control", status === 404 ? "public, max-age=5" : "no-store");
  if (c.req.path.startsWith("/api/")) {
    return c.json({ title, status, detail: error.public }, status);
  }
  const page = await layout(deps.site, {
    title: `${title}: AliveMCP`,
    description: error.public,
    path: c.req.path,
    body: problemView(title, error.public),
    isIndexed: false,
  });
  return c.html(page, status);
}

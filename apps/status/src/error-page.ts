import { AppError, ERROR_STATUS, type ErrorCode } from "@alivemcp/core/app-error";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Deps } from "./deps.ts";
import { layout } from "./views/layout.ts";
import { problemView } from "./views/problem-view.ts";

const TITLES: Record<ErrorCode, string> = {
  invalid: "That request is not valid",
  unauthenticated: "Please log in",
  limit_reached: "A limit is reached",
  forbidden: "Not allowed",
  not_found: "Not found",
  conflict: "Conflict",
  rate_limited: "Too many requests",
  internal: "Something went wrong on our side",
  upstream: "Not available right now",
};

/** The one place where an error becomes a page, or JSON below `/api/`. What is `internal` is logged, never sent. */
export async function errorPage(
  deps: Pick<Deps, "log" | "site">,
  err: unknown,
  c: Context,
): Promise<Response> {
  const known = toAppError(err);
  const status = ERROR_STATUS[known.code] as ContentfulStatusCode;
  deps.log[status >= 500 ? "error" : "debug"](
    { err, path: c.req.path, requestId: c.get("requestId") },
    "request refused",
  );
  if (known.retryAfterS !== null) {
    c.header("retry-after", String(known.retryAfterS));
  }
  c.header("cache-control", status === 404 ? "public, max-age=5" : "no-store");
  if (c.req.path.startsWith("/api/")) {
    return c.json({ title: TITLES[known.code], status, detail: known.public }, status);
  }
  const page = await layout(deps.site, {
    title: `${TITLES[known.code]}: AliveMCP`,
    description: known.public,
    path: c.req.path,
    body: problemView(TITLES[known.code], known.public),
    isIndexed: false,
  });
  return c.html(page, status);
}

function toAppError(err: unknown): AppError {
  if (err instanceof AppError) {
    return err;
  }
  if (err instanceof HTTPException && err.status < 500) {
    return new AppError({ code: "invalid", internal: err.message, public: "The request could not be read." });
  }
  return new AppError({
    code: "internal",
    internal: "unexpected error",
    public: "Please try again in a minute.",
  });
}

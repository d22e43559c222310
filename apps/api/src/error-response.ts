import { AppError, ERROR_STATUS } from "@alivemcp/core/app-error";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ZodError } from "zod";

const TITLES: Readonly<Record<string, string>> = {
  invalid: "The request is not valid",
  unauthenticated: "An API key is needed",
  limit_reached: "A limit of the plan is reached",
  forbidden: "Not allowed",
  not_found: "Not found",
  conflict: "Conflict",
  rate_limited: "Too many requests",
  internal: "Something went wrong on our side",
  upstream: "A service we depend on is not available",
};

/** The one place where an error becomes an answer (RFC 9457). What is `internal` is logged, never sent. */
export function errorResponse(log: Logger, err: unknown, c: Context): Response {
  const known = toAppError(err);
  const status = ERROR_STATUS[known.code];
  const requestId = c.res.headers.get("x-request-id") ?? undefined;
  log[status >= 500 ? "error" : "info"](
    { err, code: known.code, requestId, path: c.req.path },
    "request refused",
  );
  if (known.retryAfterS !== null) {
    c.header("retry-after", String(known.retryAfterS));
  }
  if (known.code === "unauthenticated") {
    c.header("www-authenticate", 'Bearer realm="alivemcp"');
  }
  return c.body(
    JSON.stringify({
      ...known.facts,
      type: "about:blank",
      title: TITLES[known.code],
      status,
      detail: known.public,
      code: known.code,
      ...(known.field === null ? {} : { field: known.field }),
      ...(requestId === undefined ? {} : { request_id: requestId }),
    }),
    status as ContentfulStatusCode,
    { "content-type": "application/problem+json", "cache-control": "no-store" },
  );
}

/** Any thrown value as the error that is answered with. */
export function toAppError(err: unknown): AppError {
  if (err instanceof AppError) {
    return err;
  }
  if (err instanceof ZodError) {
    const issue = err.issues[0];
    return new AppError({
      code: "invalid",
      internal: "request body failed its schema",
      public: issue?.message ?? "the body has the wrong shape",
      field: issue?.path.join(".") || "body",
      cause: err,
    });
  }
  return new AppError({
    code: "internal",
    internal: "unexpected error",
    public: "Please try again.",
    cause: err,
  });
}

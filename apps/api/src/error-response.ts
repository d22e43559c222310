import { AppError, ERROR_STATUS } from "@alivemcp/core/app-error";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ZodError } from "zod";
import type { Deps } from "./deps.ts";

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
export function errorResponse(
  { log, config }: { readonly log: Deps["log"]; readonly config: Pick<Deps["config"], "API_URL"> },
  err: unknown,
  c: Context,
): Response {
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
      type: new URL(`/docs#problem-${known.code}`, config.API_URL).href,
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
    return unfit(err);
  }
  if (err instanceof HTTPException && err.status < 500) {
    return unreadable(err);
  }
  return new AppError({
    code: "internal",
    internal: "unexpected error",
    public: "Please try again.",
    cause: err,
  });
}

/** The first thing that is wrong. A field we do not know is named itself: it is most often a misspelt one. */
function unfit(err: ZodError): AppError {
  const issue = err.issues[0];
  const path = issue?.path.join(".") ?? "";
  const [stranger] = issue?.code === "unrecognized_keys" ? issue.keys : [];
  return new AppError({
    code: "invalid",
    internal: "request failed its schema",
    public:
      stranger === undefined
        ? (issue?.message ?? "The request has the wrong shape.")
        : "There is no such field; the documentation lists those there are.",
    field: [path, stranger?.slice(0, STRANGER_CHARS_MAX)].filter(Boolean).join(".") || "body",
    cause: err,
  });
}

const STRANGER_CHARS_MAX = 100;

/** What hono's validators throw when there is no body to validate. */
function unreadable(err: HTTPException): AppError {
  const isOtherType = err.status === 415;
  return new AppError({
    code: "invalid",
    internal: err.message,
    public: isOtherType ? "Send the body as application/json." : "The body is not valid JSON.",
    field: isOtherType ? "content-type" : "body",
    cause: err,
  });
}

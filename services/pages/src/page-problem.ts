import { AppError, type ErrorCode } from "@alivemcp/core/app-error";
import { HTTPException } from "hono/http-exception";

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

/** An error as a page tells it: the headline, and the `AppError` whose `public` sentence may be shown. */
export interface PageProblem {
  readonly title: string;
  readonly error: AppError;
}

/** What is not one of our named errors is told as `internal`, without a word of what it was. */
export function toPageProblem(err: unknown): PageProblem {
  const error = toAppError(err);
  return { title: TITLES[error.code], error };
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

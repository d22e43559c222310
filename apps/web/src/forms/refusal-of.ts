import { AppError, ERROR_STATUS } from "@alivemcp/core/app-error";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { FormProblems } from "./read-form.ts";

/** What a verb refused, beside the field it named or on top of the form, and the status of the page that shows it. */
export interface FormRefusal {
  readonly problems: FormProblems;
  readonly status: ContentfulStatusCode;
}

/** What only a page of its own can say: nothing that the person typed would help. */
const OWN_PAGE = new Set(["internal", "not_found", "unauthenticated", "forbidden"]);

/** Makes a refusal of what a verb threw; throws on what is none, or is no matter of the form. */
export function refusalOf(err: unknown, fields: readonly string[]): FormRefusal {
  if (!(err instanceof AppError) || OWN_PAGE.has(err.code)) {
    throw err;
  }
  const field = err.field !== null && fields.includes(err.field) ? err.field : "form";
  return { problems: { [field]: err.public }, status: ERROR_STATUS[err.code] as ContentfulStatusCode };
}

import { AppError } from "@alivemcp/core/app-error";
import { type FieldProblems, fieldOfPath } from "./form-body.ts";
import type { EndpointFormValues } from "./form-values.ts";

/**
 * What a verb refused, beside the field it named or on top of the form. Throws on what the person cannot mend: that
 * becomes a page of its own.
 */
export function problemsOf(err: unknown, values: EndpointFormValues): FieldProblems {
  if (!(err instanceof AppError) || err.code === "internal" || err.code === "not_found") {
    throw err;
  }
  if (err.field === null && err.code === "forbidden") {
    throw err;
  }
  const field = err.field === null ? "form" : fieldOfPath(err.field.split("."), values);
  return { [field === "revision" ? "form" : field]: err.public };
}

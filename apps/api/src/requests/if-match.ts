import { AppError } from "@alivemcp/core/app-error";
import { z } from "@hono/zod-openapi";

/** RFC 9110, section 13.1.1, with one strong entity tag, or `*`: whatever it is now. */
export const ifMatch = z
  .string()
  .max(200)
  .optional()
  .describe("`ETag` of what you saw; `*`: whatever it is now.");

/** The revision an `If-Match` header asks for. Undefined: any. Throws `invalid` for what is no single strong tag. */
export function revisionOf(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === "*") {
    return undefined;
  }
  const revision = /^"([!#-~]*)"$/.exec(header.trim())?.[1];
  if (revision === undefined) {
    throw new AppError({
      code: "invalid",
      internal: "bad If-Match",
      public: "Send the ETag of the answer you saw as If-Match, with its quotation marks.",
      field: "if-match",
    });
  }
  return revision;
}

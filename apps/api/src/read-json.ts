import { AppError } from "@alivemcp/core/app-error";
import type { Context } from "hono";

/** The parsed JSON body of a request; throws `invalid` when it is none. */
export async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (err) {
    if (err instanceof AppError) {
      throw err;
    }
    // Without its cause: the parser's message quotes the body, which may be a secret, and errors are logged.
    throw new AppError({
      code: "invalid",
      internal: "body is not JSON",
      public: "The body is not valid JSON.",
      field: "body",
    });
  }
}

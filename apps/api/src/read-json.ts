import { AppError } from "@alivemcp/core/app-error";
import type { Context } from "hono";

/** The parsed JSON body of a request; throws `invalid` when it is none. */
export async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    if (cause instanceof AppError) {
      throw cause;
    }
    throw new AppError({
      code: "invalid",
      internal: "body is not JSON",
      public: "The body is not valid JSON.",
      field: "body",
      cause,
    });
  }
}

import { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "../api-env.ts";

/** Routes whose requests are checked by the schemas that document them; what does not fit throws its ZodError. */
export function createRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) {
        throw result.error;
      }
    },
  });
}

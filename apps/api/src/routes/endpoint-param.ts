import { z } from "@hono/zod-openapi";

/** One endpoint in a path. What is no slug and no id is an endpoint that does not exist. */
export const endpointParam = z.object({
  endpoint: z.string().openapi({ description: "Slug or id.", example: "my-server" }),
});

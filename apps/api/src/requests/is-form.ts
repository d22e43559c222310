import type { Context } from "hono";

/** Whether a browser's form sent this, which wants a page as its answer. */
export function isForm(c: Context): boolean {
  const type = c.req.header("content-type") ?? "";
  return type.startsWith("application/x-www-form-urlencoded") || type.startsWith("multipart/form-data");
}

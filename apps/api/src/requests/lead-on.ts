import { findPresentSlug } from "@alivemcp/db/queries/retired-slugs";
import { withTenant } from "@alivemcp/db/tenant-scope";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";
import type { Deps } from "../deps.ts";

/**
 * Leads a request for a slug that an endpoint of the workspace had before on to the present one, with method and body
 * kept (308). `index` says which part of the path is the slug.
 */
export function leadOn(deps: Pick<Deps, "pool">, index: number): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    const parts = pathname.split("/");
    const { scope } = c.var.caller;
    const slug = parts[index] ?? "";
    const present = await withTenant(scope, deps.pool, (tx) => findPresentSlug(scope, tx, slug));
    if (present === null) {
      return next();
    }
    parts[index] = present;
    return c.redirect(parts.join("/") + search, 308);
  };
}

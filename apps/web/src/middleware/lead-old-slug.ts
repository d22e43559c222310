import { leadSlug } from "@alivemcp/actions/watched/lead-slug";
import { AppError } from "@alivemcp/core/app-error";
import type { MiddlewareHandler } from "hono";
import type { Deps } from "../deps.ts";
import type { WebEnv } from "../web-env.ts";

/**
 * For the pages of one endpoint: an address with a slug that it had before leads to the same page under its present
 * one. Every other page that is not found stays not found.
 */
export function leadOldSlug(deps: Pick<Deps, "pool">): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    await next();
    const isMissing = c.error instanceof AppError && c.error.code === "not_found";
    if (!isMissing || c.req.method !== "GET") {
      return;
    }
    const asked = c.req.param("slug") ?? "";
    const { caller, tenant } = c.var.workspace;
    const slug = await leadSlug(deps, caller, asked);
    if (slug !== null) {
      const { pathname, search } = new URL(c.req.url);
      const [, rest = ""] = pathname.split(`/endpoints/${asked}`);
      const location = `/w/${tenant.slug}/endpoints/${slug}${rest}${search}`;
      c.res = new Response(null, { status: 301, headers: { location } });
    }
  };
}

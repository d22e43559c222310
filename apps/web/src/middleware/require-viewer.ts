import { AppError } from "@alivemcp/core/app-error";
import { listMemberships } from "@alivemcp/db/queries/memberships-identity";
import type { MiddlewareHandler } from "hono";
import type { Deps } from "../deps.ts";
import type { WebEnv } from "../web-env.ts";

/** Sends who is not signed in to `/sign-in` and back here afterwards; a form that was posted is refused instead. */
export function requireViewer(deps: Pick<Deps, "identityPool">): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const { viewer } = c.var;
    if (viewer === null) {
      if (c.req.method === "GET" || c.req.method === "HEAD") {
        const url = new URL(c.req.url);
        return c.redirect(`/sign-in?next=${encodeURIComponent(`${url.pathname}${url.search}`)}`);
      }
      throw new AppError({
        code: "unauthenticated",
        internal: "no session",
        public: "You were signed out. Sign in and do it again; nothing was changed.",
      });
    }
    c.set("memberships", await listMemberships(deps.identityPool, viewer.userId));
    await next();
  };
}

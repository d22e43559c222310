import { dismissNotice } from "@alivemcp/actions/notices/dismiss-notice";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import type { WebEnv } from "../web-env.ts";

/** `POST /w/<workspace>/notices/<id>/dismiss`: puts a notice away for the whole workspace. */
export function noticeRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.post("/w/:workspace/notices/:notice/dismiss", async (c) => {
    const id = c.req.param("notice");
    await dismissNotice(deps, c.var.workspace.caller, /^\d{1,15}$/.test(id) ? Number(id) : 0);
    return c.redirect(`/w/${c.var.workspace.tenant.slug}/`, 303);
  });
  return routes;
}

import { listReleases } from "@alivemcp/actions/drift/announce-release";
import { readTools } from "@alivemcp/actions/drift/read-tools";
import { Hono } from "hono";
import { html } from "hono/html";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { releaseView } from "../drift/release-view.ts";
import { toolsView } from "../drift/tools-view.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { mayChange } from "../endpoint-page/may-change.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

/** `GET …/endpoints/<slug>/tools`: what an endpoint offers, and how that changed. */
export function toolRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/endpoints/:slug/tools", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const tools = await readTools(deps, caller, c.req.param("slug"));
    const base = `/w/${tenant.slug}`;
    const home = `${base}/endpoints/${tools.endpoint.slug}`;
    const nowMs = deps.clock.nowMs();
    const releases = tools.endpoint.isFollowed ? [] : await listReleases(deps, caller, tools.endpoint.id);
    const body = html`${endpointHeader(tools.endpoint, { base, mayChange: mayChange(c), current: "tools" })}
${toolsView(tools, {
  home,
  forms: tools.endpoint.isFollowed ? "" : releaseView(c, { home, releases, nowMs }),
  cityOf: cityOf(deps.regions),
  nowMs,
})}`;
    return c.html(
      await renderPage(c, { title: `Tools of ${tools.endpoint.name}`, section: "overview", body }),
    );
  });
  return routes;
}

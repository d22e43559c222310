import { readEndpoint } from "@alivemcp/actions/watched/read-endpoint";
import { Hono } from "hono";
import { html } from "hono/html";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { toEndpointModel } from "../endpoint-page/endpoint-model.ts";
import { endpointView } from "../endpoint-page/endpoint-view.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

/** `GET /w/<workspace>/endpoints/<slug>`: one endpoint that the workspace owns or follows. */
export function endpointRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/endpoints/:slug", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const details = await readEndpoint(deps, caller, c.req.param("slug"));
    const { endpoint } = details.reading;
    const model = toEndpointModel(details, { cityOf: cityOf(deps.regions), nowMs: deps.clock.nowMs() });
    const base = `/w/${tenant.slug}`;
    const body = html`${endpointHeader(endpoint, { base, current: "status" })}
${endpointView(model, {
  home: `${base}/endpoints/${endpoint.slug}`,
  publicUrl: deps.site.publicUrl,
  isSimulated: deps.site.isSimulated,
  uplotScript: "",
})}`;
    return c.html(await renderPage(c, { title: endpoint.name, section: "overview", body }));
  });
  return routes;
}

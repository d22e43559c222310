import { readDriftEvent } from "@alivemcp/actions/drift/read-drift-event";
import { Hono } from "hono";
import { html } from "hono/html";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { acceptForm } from "../drift/accept-form.ts";
import { driftView } from "../drift/drift-view.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { mayChange } from "../endpoint-page/may-change.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

/** `GET …/endpoints/<slug>/drift/<id>`: one change of the tools, line by line. */
export function driftRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/endpoints/:slug/drift/:event", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const details = await readDriftEvent(deps, caller, {
      slug: c.req.param("slug"),
      eventId: c.req.param("event"),
    });
    const { endpoint } = details;
    const base = `/w/${tenant.slug}`;
    const body = html`${endpointHeader(endpoint, { base, mayChange: mayChange(c), current: "tools" })}
${driftView(details, {
  home: `${base}/endpoints/${endpoint.slug}`,
  acceptForm: acceptForm(c, {
    home: `${base}/endpoints/${endpoint.slug}`,
    event: details.event,
    isFollowed: endpoint.isFollowed,
  }),
  cityOf: cityOf(deps.regions),
  nowMs: deps.clock.nowMs(),
})}`;
    return c.html(
      await renderPage(c, { title: `Tools of ${endpoint.name} changed`, section: "overview", body }),
    );
  });
  return routes;
}

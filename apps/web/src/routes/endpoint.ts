import { listOpenIncidents } from "@alivemcp/actions/incidents/list-open-incidents";
import { type EndpointDetails, readEndpoint } from "@alivemcp/actions/watched/read-endpoint";
import { decidePermission } from "@alivemcp/core/permissions";
import type { Html } from "@alivemcp/pages/figures";
import { Hono } from "hono";
import { html } from "hono/html";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { toEndpointModel } from "../endpoint-page/endpoint-model.ts";
import { endpointView } from "../endpoint-page/endpoint-view.ts";
import { mayChange } from "../endpoint-page/may-change.ts";
import { openIncidentBanner } from "../incidents/open-incident-banner.ts";
import { endpointDigest } from "../live/digests.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { renderPage } from "../render-page.ts";
import { confirmDetails } from "../views/confirm-details.ts";
import { postButton } from "../views/post-button.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** `GET /w/<workspace>/endpoints/<slug>`: one endpoint that the workspace owns or follows. */
export function endpointRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/endpoints/:slug", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const details = await readEndpoint(deps, caller, c.req.param("slug"));
    const { endpoint } = details.reading;
    const model = toEndpointModel(details, { cityOf: cityOf(deps.regions), nowMs: deps.clock.nowMs() });
    const base = `/w/${tenant.slug}`;
    const open = await listOpenIncidents(deps, caller, { endpoint: endpoint.id });
    const body = html`${endpointHeader(endpoint, { base, mayChange: mayChange(c), current: "status", actions: actions(c, details) })}
${openIncidentBanner(open, { base, cityOf: cityOf(deps.regions), nowMs: deps.clock.nowMs() })}
${endpointView(model, {
  home: `${base}/endpoints/${endpoint.slug}`,
  publicUrl: deps.site.publicUrl,
  isSimulated: deps.site.isSimulated,
  digest: endpointDigest(details.reading, details.regions),
})}`;
    return c.html(
      await renderPage(c, {
        title: endpoint.name,
        section: "overview",
        body,
        scripts: [deps.site.assets.liveScript, deps.site.assets.chartScript],
      }),
    );
  });
  return routes;
}

/** What may be done about it from here: a probe now, its public page. */
function actions(c: WebContext, { reading: { endpoint } }: EndpointDetails): Html {
  const { caller, tenant } = c.var.workspace;
  const mayProbe =
    !endpoint.isFollowed &&
    endpoint.pausedAtMs === null &&
    decidePermission(caller.actor, "endpoint.probe_now").kind === "allowed";
  return html`<div class="actions">${
    endpoint.visibility === "private"
      ? ""
      : html`<a class="button quiet" href="${c.var.site.publicUrl}/status/${endpoint.slug}">Public page</a>`
  }${
    mayProbe
      ? html`<form method="post" action="/w/${tenant.slug}/endpoints/${endpoint.slug}/probe">${csrfField(c)}<button type="submit">Probe now</button></form>`
      : ""
  }${
    decidePermission(caller.actor, "alert.simulate").kind === "allowed"
      ? confirmDetails({
          label: "Simulate outage",
          body: html`<p>Your sinks are told of an outage that is not one, by your rules as they are, and of its end after a minute. Every message says that it is a test; the public sees nothing, and it counts for nothing.</p>
${postButton(c, { action: `/w/${tenant.slug}/endpoints/${endpoint.slug}/simulate`, label: "Simulate it now" })}`,
        })
      : ""
  }</div>`;
}

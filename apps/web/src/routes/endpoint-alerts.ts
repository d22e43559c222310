import { listDecisions } from "@alivemcp/actions/alerting/list-decisions";
import { simulateOutage } from "@alivemcp/actions/incidents/simulate-outage";
import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { AppError } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import { html } from "hono/html";
import type { Deps } from "../deps.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { mayChange } from "../endpoint-page/may-change.ts";
import { decisionList } from "../incidents/decision-list.ts";
import { toDecisionLine } from "../incidents/to-decision-line.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

const HOME = "/w/:workspace/endpoints/:slug";
const PER_PAGE = 50;
const ID = /^\d{1,15}$/;

/** `…/endpoints/<slug>/alerts`: why somebody was, or was not, told of it; and trying the whole way out. */
export function endpointAlertRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get(`${HOME}/alerts`, async (c) => {
    const { caller, tenant } = c.var.workspace;
    const { endpoint } = (await getWatched(deps, caller, c.req.param("slug"))).reading;
    const before = c.req.query("before") ?? "";
    const decisions = await listDecisions(deps, caller, {
      filter: { endpoint: endpoint.id },
      beforeId: ID.test(before) ? Number(before) : null,
      limit: PER_PAGE + 1,
    });
    const shown = decisions.slice(0, PER_PAGE);
    const base = `/w/${tenant.slug}`;
    const body = html`${endpointHeader(endpoint, { base, mayChange: mayChange(c), current: "alerts" })}
<h2>Who was told, and why</h2>
<p class="faint">Every decision about an alert of this endpoint, newest first. <a href="${base}/incidents?endpoint=${endpoint.slug}">Its incidents</a> · <a href="${base}/deliveries?endpoint=${endpoint.slug}">messages about it</a> · <a href="${base}/rules/preview?endpoint=${endpoint.slug}&amp;severity=P1">what would happen now</a></p>
${
  shown.length === 0
    ? html`<div class="empty"><p>Nothing was decided${before === "" ? " yet: there was nothing to tell" : " before that"}.</p></div>`
    : decisionList(shown.map(toDecisionLine), { base, nowMs: deps.clock.nowMs(), hasTime: true })
}
${decisions.length > PER_PAGE ? html`<nav class="pages" aria-label="Pages"><a rel="next" href="?before=${shown.at(-1)?.id ?? 0}">Older</a></nav>` : ""}`;
    return c.html(await renderPage(c, { title: `Alerts of ${endpoint.name}`, section: "overview", body }));
  });

  routes.post(`${HOME}/simulate`, async (c) => {
    const { caller, tenant } = c.var.workspace;
    const slug = c.req.param("slug");
    try {
      await simulateOutage(deps, caller, slug);
    } catch (err) {
      if (!(err instanceof AppError) || (err.code !== "conflict" && err.code !== "rate_limited")) {
        throw err;
      }
      c.var.flash({ tone: "bad", text: err.public });
      return c.redirect(`/w/${tenant.slug}/endpoints/${slug}`, 303);
    }
    c.var.flash({
      tone: "good",
      text: "An outage is being simulated. Its incident is here within seconds, and over after a minute.",
    });
    return c.redirect(`/w/${tenant.slug}/incidents?endpoint=${slug}`, 303);
  });
  return routes;
}

import { listOpenIncidents } from "@alivemcp/actions/incidents/list-open-incidents";
import { listNotices } from "@alivemcp/actions/notices/list-notices";
import { listSinks } from "@alivemcp/actions/sinks/get-sink";
import { listWatched } from "@alivemcp/actions/watched/list-watched";
import { readRegionVotes } from "@alivemcp/actions/watched/region-readings";
import { decidePermission } from "@alivemcp/core/permissions";
import { Hono } from "hono";
import { html } from "hono/html";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { overviewDigest } from "../live/digests.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { alertingNotices } from "../overview/alerting-notices.ts";
import { noticeList } from "../overview/notice-list.ts";
import { parseOverviewQuery } from "../overview/overview-query.ts";
import { overviewView, shownWrong } from "../overview/overview-view.ts";
import { selectOverview } from "../overview/select-overview.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

/** `GET /w/<workspace>/`: everything the workspace watches, what is wrong first; filtered by its query string. Without the slash it leads there. */
export function overviewRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace", (c) => c.redirect(`${c.req.path}/`, 301));
  routes.get("/w/:workspace/", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const query = parseOverviewQuery(new URL(c.req.url).searchParams);
    const readings = await listWatched(deps, caller);
    const nowMs = deps.clock.nowMs();
    const overview = selectOverview(readings, query, nowMs);
    const shown = [...new Set([...shownWrong(overview), ...overview.rows])].map(
      ({ reading }) => reading.endpoint,
    );
    const votes = await readRegionVotes(deps, shown);
    const [notices, sinks, open] = await Promise.all([
      listNotices(deps, caller),
      listSinks(deps, caller),
      listOpenIncidents(deps, caller),
    ]);
    const body = html`${alertingNotices({
      openIncidents: open.length,
      hasVerifiedSink: sinks.some(({ state }) => state === "verified"),
      hasEndpoints: readings.length > 0,
      base: `/w/${tenant.slug}`,
    })}${noticeList(notices, {
      base: `/w/${tenant.slug}`,
      csrf: csrfField(c),
      mayDismiss: decidePermission(caller.actor, "notice.dismiss").kind === "allowed",
    })}${overviewView({
      overview,
      query,
      regions: new Map(shown.map(({ id }, index) => [id, votes[index] ?? []])),
      cityOf: cityOf(deps.regions),
      base: `/w/${tenant.slug}`,
      helpBase: deps.site.publicUrl,
      mayAdd: decidePermission(caller.actor, "endpoint.create").kind === "allowed",
      digest: overviewDigest(readings),
      nowMs,
    })}`;
    return c.html(
      await renderPage(c, {
        title: `Endpoints of ${tenant.name}`,
        section: "overview",
        body,
        scripts: [deps.site.assets.liveScript],
      }),
    );
  });
  return routes;
}

import { AppError } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { AWAY_ANSWER, type CachedAnswer, cachedAnswer, respond } from "../http-answer.ts";
import { type ReportForm, reportAnswer } from "../report/report-answers.ts";
import { staleNotice } from "../stale-notice.ts";
import { readTenantPage } from "../tenant-page/read-tenant-page.ts";
import { tenantPageView } from "../tenant-page/tenant-page-view.ts";
import { feedLinks } from "../views/feed-links.ts";
import { layout } from "../views/layout.ts";

const NOT_FOUND = cachedAnswer("There is no such page.\n", "text/plain; charset=utf-8", 404);

/** `/p/<slug>`: a page of a workspace over several endpoints, for people; and the forms for programs below it. */
export function tenantPageRoutes(deps: Deps): Hono {
  const routes = new Hono();
  routes.get("/p/:slug", async (c) => {
    const slug = c.req.param("slug");
    const body = await deps.pages.get(`page|${slug.slice(0, 70)}`, async () => {
      const page = await readTenantPage(deps, slug);
      if (page.kind !== "page") {
        throw refusal(page.kind);
      }
      const { report } = page;
      return layout(deps.site, {
        title: `${report.title}: status`,
        description: `Are the MCP endpoints of ${report.title} working? States, incidents and scheduled maintenance.`,
        path: `/p/${report.id}`,
        body: tenantPageView(report, deps.clock.nowMs()),
        head: feedLinks(`/p/${report.id}`),
        // Whether it is to be found is its workspace's to decide: it gives the address away.
        isIndexed: false,
        script: "liveScript",
        notice: staleNotice(deps),
      });
    });
    return c.html(body, 200, { "cache-control": "private, max-age=5" });
  });
  return routes;
}

/** `/p/<slug>.md`, `/api/v2/summary.json`, `/feed.atom` and `/feed.rss` below the page. */
export function tenantReportRoutes(deps: Deps): Hono {
  const routes = new Hono();
  const answer = (slug: string, form: ReportForm): Promise<CachedAnswer> =>
    deps.answers.get(`page|${form}|${slug.slice(0, 70)}`, async () => {
      const page = await readTenantPage(deps, slug);
      if (page.kind !== "page") {
        return page.kind === "not-found" ? NOT_FOUND : AWAY_ANSWER;
      }
      const more = { publicUrl: deps.config.PUBLIC_URL, nowMs: deps.clock.nowMs() };
      return reportAnswer(page.report, form, more);
    });
  routes.get("/p/:slug/:feed{feed\\.(?:atom|rss)}", async (c) =>
    respond(
      await answer(c.req.param("slug"), c.req.param("feed") as ReportForm),
      c.req.header("if-none-match"),
    ),
  );
  routes.get("/p/:slug/api/v2/summary.json", async (c) =>
    respond(await answer(c.req.param("slug"), "api/v2/summary.json"), c.req.header("if-none-match")),
  );
  routes.get("/p/:file{[a-z0-9-]+\\.md}", async (c) =>
    respond(
      await answer(c.req.param("file").slice(0, -".md".length), "markdown"),
      c.req.header("if-none-match"),
    ),
  );
  return routes;
}

const refusal = (kind: "not-found" | "unavailable") =>
  kind === "not-found"
    ? new AppError({
        code: "not_found",
        internal: "no status page of this slug",
        public: "There is no such page.",
      })
    : new AppError({
        code: "upstream",
        internal: "status page unreadable",
        public: "This page cannot be read at the moment. Please try again in a minute.",
        retryAfterS: 60,
      });

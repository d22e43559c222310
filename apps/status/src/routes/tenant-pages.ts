import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { respond } from "../http-answer.ts";
import type { ReportForm } from "../report/report-answers.ts";
import { logoAnswer } from "../tenant-page/logo-answer.ts";
import { tenantPageAnswer } from "../tenant-page/tenant-page-answer.ts";
import { tenantReportAnswer } from "../tenant-page/tenant-report-answer.ts";

/** `/p/<slug>`: a page of a workspace over several endpoints, for people; and the forms for programs below it. */
export function tenantPageRoutes(deps: Deps): Hono {
  const routes = new Hono();
  routes.get("/p/:slug", async (c) => {
    const body = await tenantPageAnswer(deps, { slug: c.req.param("slug"), host: null });
    return c.html(body, 200, { "cache-control": "private, max-age=5" });
  });
  return routes;
}

/** `/p/<slug>.md`, `/api/v2/summary.json`, `/feed.atom` and `/feed.rss` below the page. */
export function tenantReportRoutes(deps: Deps): Hono {
  const routes = new Hono();
  const answer = (slug: string, form: ReportForm) => tenantReportAnswer(deps, { slug, host: null }, form);
  routes.get("/p/:slug/logo", (c) => logoAnswer(deps, c.req.param("slug"), c.req.header("if-none-match")));
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

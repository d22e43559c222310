import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { errorPage } from "../error-page.ts";
import { respond } from "../http-answer.ts";
import type { ReportForm } from "../report/report-answers.ts";
import { assetRoutes } from "../routes/assets.ts";
import { securePages } from "../secure-pages.ts";
import { logoAnswer } from "../tenant-page/logo-answer.ts";
import { tenantPageAnswer } from "../tenant-page/tenant-page-answer.ts";
import { tenantReportAnswer } from "../tenant-page/tenant-report-answer.ts";

/** Which page is shown, and where. */
export interface OwnHost {
  readonly host: string;
  readonly slug: string;
}

const FORMS: Readonly<Record<string, ReportForm>> = {
  "/index.md": "markdown",
  "/feed.atom": "feed.atom",
  "/feed.rss": "feed.rss",
  "/api/v2/summary.json": "api/v2/summary.json",
};

/** What a workspace's own host serves: its page and the page's forms. All other paths lead to the installation's name. */
export function ownHostRoutes(deps: Deps): Hono<{ Bindings: OwnHost }> {
  const app = new Hono<{ Bindings: OwnHost }>();
  for (const [path, form] of Object.entries(FORMS)) {
    app.get(path, async (c) =>
      respond(
        await tenantReportAnswer(deps, { slug: c.env.slug, host: c.env.host }, form),
        c.req.header("if-none-match"),
      ),
    );
  }
  app.get("/logo", (c) => logoAnswer(deps, c.env.slug, c.req.header("if-none-match")));
  app.use(securePages(deps.config.API_URL));
  app.get("/", async (c) => {
    const body = await tenantPageAnswer(deps, { slug: c.env.slug, host: c.env.host });
    return c.html(body, 200, { "cache-control": "private, max-age=5" });
  });
  app.get("/robots.txt", (c) => c.text("User-agent: *\n", 200, { "cache-control": "public, max-age=3600" }));
  app.route("/", assetRoutes(deps));
  app.get("/*", (c) => {
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(`${deps.config.PUBLIC_URL}${pathname}${search}`, 302);
  });
  app.onError((err, c) => errorPage(deps, err, c));
  return app;
}

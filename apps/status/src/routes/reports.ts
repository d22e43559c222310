import { type Context, Hono } from "hono";
import type { Deps } from "../deps.ts";
import { type CachedAnswer, cachedAnswer, movedAnswer, respond } from "../http-answer.ts";
import { type ReportForm, reportAnswer } from "../report/report-answers.ts";
import { reportOfEndpoint } from "../report/report-of-endpoint.ts";

const NOT_FOUND = cachedAnswer("No endpoint of this name is watched.\n", "text/plain; charset=utf-8", 404);

/**
 * A status page for programs: `/status/<slug>.md` (or the page asked for as `text/markdown`), `/api/v2/summary.json`,
 * `/feed.atom` and `/feed.rss` below it. 304 for who has it; an old slug leads on.
 */
export function reportRoutes(deps: Deps): Hono {
  const routes = new Hono();
  const answer = (slug: string, form: ReportForm): Promise<CachedAnswer> =>
    deps.answers.get(`${form}|${slug}`, async () => {
      const entry = await deps.catalogue.find(slug);
      if (entry === null) {
        return NOT_FOUND;
      }
      if (entry.endpoint.slug !== slug) {
        return movedAnswer(pathOf(entry.endpoint.slug, form));
      }
      const report = await reportOfEndpoint(deps, entry);
      return reportAnswer(report, form, { publicUrl: deps.config.PUBLIC_URL, nowMs: deps.clock.nowMs() });
    });
  const send = async (c: Context, form: ReportForm) => {
    const slug = (c.req.param("slug") ?? "").slice(0, 130);
    return respond(await answer(slug, form), c.req.header("if-none-match"));
  };
  routes.get("/status/:slug/:feed{feed\\.(?:atom|rss)}", (c) => send(c, c.req.param("feed") as ReportForm));
  routes.get("/status/:slug/api/v2/summary.json", (c) => send(c, "api/v2/summary.json"));
  routes.get("/status/:file{[a-z0-9-]+\\.md}", async (c) =>
    respond(
      await answer(c.req.param("file").slice(0, -".md".length), "markdown"),
      c.req.header("if-none-match"),
    ),
  );
  routes.get("/status/:slug", async (c, next) => {
    if (!wantsMarkdown(c.req.header("accept"))) {
      await next();
      c.header("vary", "accept", { append: true });
      return;
    }
    const response = await send(c, "markdown");
    response.headers.set("vary", "accept");
    return response;
  });
  return routes;
}

const pathOf = (slug: string, form: ReportForm) =>
  form === "markdown" ? `/status/${slug}.md` : `/status/${slug}/${form}`;

/** Only who names it: browsers send a star, and get a page. */
const wantsMarkdown = (accept: string | undefined): boolean => {
  const types = (accept ?? "").split(",").map((type) => type.split(";")[0]?.trim().toLowerCase());
  return types.includes("text/markdown") && !types.includes("text/html");
};

/**
 * File 7 of "one probe job in seven files": where a verdict is read by people.
 * Before: services/alert-router/src/route-entry.ts (what was committed). The data comes from `readStatusPage`: present
 * state from Redis, history from Postgres views; either may be away, and the page says so.
 */
import { AppError } from "@alivemcp/core/app-error";
import { stateWord } from "@alivemcp/pages/state-mark";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { staleNotice } from "../stale-notice.ts";
import { readStatusPage } from "../status-page/read-status-page.ts";
import { statusView } from "../status-page/status-view.ts";
import { parseSubscribeOutcome } from "../subscriptions/subscribe-form.ts";
import { feedLinks } from "../views/feed-links.ts";
import { layout } from "../views/layout.ts";

/** `GET /status/<slug>`: public and unlisted endpoints; a slug that one had before leads to it, any other is not found. */
export function statusPageRoutes(deps: Deps): Hono {
  const routes = new Hono();
  routes.get("/status/:slug", async (c) => {
    const entry = await deps.catalogue.find(c.req.param("slug"));
    if (entry === null) {
      throw new AppError({
        code: "not_found",
        internal: "no public or unlisted endpoint of this slug",
        public: "No endpoint of this name is watched, or its page is private.",
      });
    }
    const { endpoint } = entry;
    if (endpoint.slug !== c.req.param("slug")) {
      c.header("cache-control", "public, max-age=30");
      return c.redirect(`/status/${endpoint.slug}`, 301);
    }
    const isPublic = endpoint.visibility === "public";
    const outcome = parseSubscribeOutcome(c.req.query("subscribe"));
    const page = await deps.pages.get(`status|${endpoint.slug}|${outcome}`, async () => {
      const model = await readStatusPage(deps, entry);
      return layout(deps.site, {
        title: `${endpoint.name}: ${stateWord(model.reading.status)}`,
        description: `Is the MCP endpoint ${endpoint.name} working? State, uptime, response times and changes of its tools.`,
        path: `/status/${endpoint.slug}`,
        body: statusView(model, deps.site, outcome),
        head: feedLinks(`/status/${endpoint.slug}`),
        isIndexed: isPublic,
        script: "liveScript",
        notice: staleNotice(deps),
      });
    });
    return c.html(page, 200, { "cache-control": `${isPublic ? "public" : "private"}, max-age=5` });
  });
  return routes;
}

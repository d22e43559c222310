import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { atomFeed, type IncidentFeed, rssFeed } from "../feeds/incident-feed.ts";
import { AWAY_ANSWER, cachedAnswer, movedAnswer, respond } from "../http-answer.ts";
import { readIncidents } from "../incidents/read-incidents.ts";

const FEEDS = {
  "feed.atom": { make: atomFeed, type: "application/atom+xml; charset=utf-8" },
  "feed.rss": { make: rssFeed, type: "application/rss+xml; charset=utf-8" },
} as const;
const NOT_FOUND = cachedAnswer("No endpoint of this name is watched.", "text/plain; charset=utf-8", 404);

/** `/status/<slug>/feed.atom` and `feed.rss`: incidents of one endpoint; 304 for a reader who has them. */
export function feedRoutes(deps: Deps): Hono {
  const routes = new Hono();
  routes.get("/status/:slug/:feed{feed\\.(?:atom|rss)}", async (c) => {
    const slug = c.req.param("slug").slice(0, 130);
    const name = c.req.param("feed") as keyof typeof FEEDS;
    const answer = await deps.answers.get(`${name}|${slug}`, async () => {
      const entry = await deps.catalogue.find(slug);
      if (entry === null) {
        return NOT_FOUND;
      }
      const { endpoint } = entry;
      if (endpoint.slug !== slug) {
        return movedAnswer(`/status/${endpoint.slug}/${name}`);
      }
      const incidents = await readIncidents(deps, [entry.endpointId]);
      if (incidents === null) {
        return AWAY_ANSWER;
      }
      const pageUrl = `${deps.config.PUBLIC_URL}/status/${endpoint.slug}`;
      const feed: IncidentFeed = {
        title: `Incidents of ${endpoint.name}`,
        pageUrl,
        feedUrl: `${pageUrl}/${name}`,
        sinceMs: endpoint.watchedSinceMs,
        incidents,
        nameOf: () => null,
      };
      return cachedAnswer(FEEDS[name].make(feed), FEEDS[name].type);
    });
    return respond(answer, c.req.header("if-none-match"));
  });
  return routes;
}

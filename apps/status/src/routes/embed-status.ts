import { toEmbedStatus } from "@alivemcp/core/public-embed";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { cachedAnswer, movedAnswer, respond } from "../http-answer.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const NOT_FOUND = cachedAnswer(
  JSON.stringify({ title: "Not found", status: 404, detail: "No endpoint of this name is watched." }),
  JSON_TYPE,
  404,
);

/** `GET /api/embed-status/<slug>`: the fixed JSON shape, for anybody, from any origin. */
export function embedStatusRoutes(deps: Pick<Deps, "findReading" | "answers" | "clock" | "config">): Hono {
  const routes = new Hono();
  routes.get("/api/embed-status/:slug", async (c) => {
    const slug = c.req.param("slug").slice(0, 130);
    const answer = await deps.answers.get(`embed|${slug}`, async () => {
      const reading = await deps.findReading(slug);
      if (reading === null) {
        return NOT_FOUND;
      }
      const { endpoint, windows } = reading;
      if (endpoint.slug !== slug) {
        return movedAnswer(`/api/embed-status/${endpoint.slug}`);
      }
      const embed = toEmbedStatus(
        {
          slug: endpoint.slug,
          status: reading.status,
          lastProbeAtMs: reading.lastProbeAtMs,
          uptimeRatio24h: windows.uptime["24h"],
          uptimeRatio30d: windows.uptime["30d"],
          latencyMsP95Of24h: windows.latencyMsP95Of24h,
          lastDriftAtMs: reading.lastDriftAtMs,
          statusPageUrl: `${deps.config.PUBLIC_URL}/status/${endpoint.slug}`,
        },
        deps.clock.nowMs(),
      );
      return cachedAnswer(JSON.stringify(embed), JSON_TYPE);
    });
    return respond(answer, c.req.header("if-none-match"));
  });
  return routes;
}

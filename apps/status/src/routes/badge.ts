import { BADGE_LABEL_CHARS_MAX, BADGE_STYLES, BADGE_THEMES } from "@alivemcp/core/badge-options";
import { Hono } from "hono";
import { badgeJson } from "../badge/badge-json.ts";
import { badgeSvg } from "../badge/badge-svg.ts";
import { badgeText, NOT_FOUND_BADGE } from "../badge/badge-text.ts";
import type { Deps } from "../deps.ts";
import { cachedAnswer, movedAnswer, respond } from "../http-answer.ts";

const FILE = /^([a-z0-9-]{1,120})\.(svg|json)$/;

/** `GET /badge/<slug>.svg?style=&theme=&label=` and `.json` (shields.io endpoint badge). An unknown slug is a grey 404, an old one a 301. */
export function badgeRoutes(deps: Pick<Deps, "findReading" | "answers">): Hono {
  const routes = new Hono();
  routes.get("/badge/:file", async (c) => {
    const [, slug = "", extension = "svg"] = FILE.exec(c.req.param("file")) ?? [];
    const style = BADGE_STYLES.find((name) => name === c.req.query("style")) ?? "flat";
    const theme = BADGE_THEMES.find((name) => name === c.req.query("theme")) ?? "light";
    const label = (c.req.query("label") ?? "").trim().slice(0, BADGE_LABEL_CHARS_MAX).toWellFormed() || "mcp";
    const key = `${extension}|${slug}|${style}|${theme}|${label}`;
    const answer = await deps.answers.get(key, async () => {
      const reading = await deps.findReading(slug);
      if (reading !== null && reading.endpoint.slug !== slug) {
        return movedAnswer(`/badge/${reading.endpoint.slug}.${extension}`);
      }
      const text =
        reading === null
          ? NOT_FOUND_BADGE
          : badgeText(reading.endpoint.name, label, {
              status: reading.status,
              uptimeRatio30d: reading.windows.uptime["30d"],
              latencyMsP50: reading.windows.latencyMsP50Of24h,
            });
      const status = reading === null ? 404 : 200;
      return extension === "json"
        ? cachedAnswer(JSON.stringify(badgeJson(text)), "application/json; charset=utf-8", status)
        : cachedAnswer(badgeSvg(text, style, theme), "image/svg+xml; charset=utf-8", status);
    });
    const { search } = new URL(c.req.url);
    const there =
      answer.location === undefined ? answer : { ...answer, location: `${answer.location}${search}` };
    return respond(there, c.req.header("if-none-match"));
  });
  return routes;
}

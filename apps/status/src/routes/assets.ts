import { type Asset, assetPath, FOREVER, moduleRoutes, sendAsset } from "@alivemcp/pages/asset";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { llmsTxt } from "../views/llms-txt.ts";

const HOUR = "public, max-age=3600";

/** Style sheet and scripts of our own pages, `/embed.js` for others' pages, favicon, robots.txt and llms.txt. */
export function assetRoutes({ assets, config }: Pick<Deps, "assets" | "config">): Hono {
  const routes = new Hono();
  const serve = (path: string, asset: Asset, cacheControl: string) =>
    routes.get(path, (c) => sendAsset(c, asset, cacheControl));
  serve(assetPath("site.css", assets.css), assets.css, FOREVER);
  routes.route("/", moduleRoutes(assets.modules));
  serve(assetPath("check.js", assets.checkScript), assets.checkScript, FOREVER);
  serve("/embed.js", assets.embedScript, HOUR);
  serve("/favicon.svg", assets.favicon, "public, max-age=86400");
  routes.get("/favicon.ico", (c) => c.redirect("/favicon.svg", 308));
  const robots = `User-agent: *\nDisallow: /check/\nDisallow: /api/\n\n# Who probes MCP endpoints: ${config.PUBLIC_URL}/bot\n`;
  routes.get("/robots.txt", (c) => c.text(robots, 200, { "cache-control": HOUR }));
  const forAgents = llmsTxt(config.PUBLIC_URL, config.API_URL);
  routes.get("/llms.txt", (c) => c.text(forAgents, 200, { "cache-control": HOUR }));
  return routes;
}

import { type Context, Hono } from "hono";
import type { Deps } from "../deps.ts";
import { type Asset, assetPath } from "../read-assets.ts";

const YEAR = "public, max-age=31536000, immutable";
const HOUR = "public, max-age=3600";

/** Style sheet and scripts of our own pages, `/embed.js` for others' pages, favicon and robots.txt. */
export function assetRoutes({ assets, config }: Pick<Deps, "assets" | "config">): Hono {
  const routes = new Hono();
  const serve = (path: string, asset: Asset, cacheControl: string) =>
    routes.get(path, (c) => send(c, asset, cacheControl));
  serve(assetPath("site.css", assets.css), assets.css, YEAR);
  serve(assetPath("live.js", assets.liveScript), assets.liveScript, YEAR);
  serve(assetPath("check.js", assets.checkScript), assets.checkScript, YEAR);
  serve("/embed.js", assets.embedScript, HOUR);
  serve("/favicon.svg", assets.favicon, "public, max-age=86400");
  routes.get("/favicon.ico", (c) => c.redirect("/favicon.svg", 308));
  const robots = `User-agent: *\nDisallow: /check/\nDisallow: /api/\n\n# Who probes MCP endpoints: ${config.PUBLIC_URL}/bot\n`;
  routes.get("/robots.txt", (c) => c.text(robots, 200, { "cache-control": HOUR }));
  return routes;
}

function send(c: Context, asset: Asset, cacheControl: string): Response {
  const headers = {
    "content-type": asset.contentType,
    "cache-control": cacheControl,
    etag: asset.etag,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
  };
  return c.req.header("if-none-match") === asset.etag
    ? c.body(null, 304, headers)
    : c.body(asset.body, 200, headers);
}

import { FOREVER, moduleRoutes, sendAsset } from "@alivemcp/pages/asset";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";

/** Style sheet and scripts of our own pages, favicon and robots.txt. */
export function assetRoutes({ assets, site }: Pick<Deps, "assets" | "site">): Hono {
  const routes = new Hono();
  routes.get(site.assets.css, (c) => sendAsset(c, assets.css, FOREVER));
  routes.route("/", moduleRoutes(assets.modules));
  routes.get("/favicon.svg", (c) => sendAsset(c, assets.favicon, "public, max-age=86400"));
  routes.get("/favicon.ico", (c) => c.redirect("/favicon.svg", 308));
  routes.get("/robots.txt", (c) => c.text("User-agent: *\nDisallow: /\n"));
  return routes;
}

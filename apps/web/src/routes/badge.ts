import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { BADGE_LABEL_CHARS_MAX, BADGE_STYLES, BADGE_THEMES } from "@alivemcp/core/badge-options";
import { Hono } from "hono";
import { html } from "hono/html";
import { badgeView } from "../badge-page/badge-view.ts";
import type { Deps } from "../deps.ts";
import { endpointHeader } from "../endpoint-page/endpoint-header.ts";
import { mayChange } from "../endpoint-page/may-change.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

/** `GET …/endpoints/<slug>/badge?style=&theme=&label=`: the badge as chosen, and ready code. */
export function badgeRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/endpoints/:slug/badge", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const { endpoint } = (await getWatched(deps, caller, c.req.param("slug"))).reading;
    const base = `/w/${tenant.slug}`;
    const label = (c.req.query("label") ?? "").toWellFormed().trim();
    const body = html`${endpointHeader(endpoint, { base, mayChange: mayChange(c), current: "badge" })}
${badgeView({
  slug: endpoint.slug,
  name: endpoint.name,
  isPrivate: endpoint.visibility === "private",
  publicUrl: deps.site.publicUrl,
  apiUrl: deps.site.apiUrl,
  base,
  badge: {
    style: BADGE_STYLES.find((style) => style === c.req.query("style")) ?? "flat",
    theme: BADGE_THEMES.find((theme) => theme === c.req.query("theme")) ?? "light",
    label: label.slice(0, BADGE_LABEL_CHARS_MAX).toWellFormed(),
  },
})}`;
    return c.html(
      await renderPage(c, {
        title: `Badge of ${endpoint.name}`,
        section: "overview",
        body,
        scripts: [deps.site.assets.copyScript],
      }),
    );
  });
  return routes;
}

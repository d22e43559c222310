import { Hono } from "hono";
import { html } from "hono/html";
import type { Deps } from "../deps.ts";
import { requireViewer } from "../middleware/require-viewer.ts";
import { renderPage } from "../render-page.ts";
import type { WebEnv } from "../web-env.ts";

/** `/`: the first workspace of who is signed in, and where to start for who belongs to none. */
export function homeRoutes(deps: Pick<Deps, "identityPool">): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/", requireViewer(deps), async (c) => {
    const [first] = c.var.memberships;
    if (first !== undefined) {
      return c.redirect(`/w/${first.tenant.slug}/`);
    }
    const body = html`<div class="empty"><h1>You belong to no workspace</h1>
<p>Make one, or ask a colleague to invite ${c.var.viewer?.email ?? "you"}.</p>
<p><a class="button" href="/workspaces/new">New workspace</a></p></div>`;
    return c.html(await renderPage(c, { title: "Start", body }));
  });
  return routes;
}

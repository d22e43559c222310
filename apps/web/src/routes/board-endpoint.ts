import { followEndpoint, unfollowEndpoint } from "@alivemcp/actions/follows/follow-endpoint";
import { getBoardEndpoint } from "@alivemcp/actions/follows/get-board-endpoint";
import { AppError, ERROR_STATUS } from "@alivemcp/core/app-error";
import { decidePermission } from "@alivemcp/core/permissions";
import { Hono } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Deps } from "../deps.ts";
import { boardEndpointView } from "../endpoints/board-endpoint-view.ts";
import { csrfField } from "../middleware/form-guard.ts";
import { requireViewer } from "../middleware/require-viewer.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const PATH = "/w/:workspace/board/:slug";

/** `/board/<slug>`, where public pages lead: on to the one workspace of who is signed in, or to a choice of them. */
export function boardEntryRoutes(deps: Pick<Deps, "identityPool">): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/board/:slug{[a-z0-9-]{1,120}}", requireViewer(deps), async (c) => {
    const slug = c.req.param("slug");
    const { memberships } = c.var;
    const [first] = memberships;
    if (first !== undefined && memberships.length === 1) {
      return c.redirect(`/w/${first.tenant.slug}/board/${slug}`);
    }
    const body =
      first === undefined
        ? html`<h1>Follow or claim</h1><p>You belong to no workspace yet. <a href="/workspaces/new">Make one</a>, then come back.</p>`
        : html`<h1>Follow or claim</h1><p>For which workspace?</p><ul>${memberships.map(
            ({ tenant }) => html`<li><a href="/w/${tenant.slug}/board/${slug}">${tenant.name}</a></li>`,
          )}</ul>`;
    return c.html(await renderPage(c, { title: "Follow or claim", body }));
  });
  return routes;
}

/** An endpoint of the public board: follow it, stop following it. */
export function boardEndpointRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get(PATH, async (c) => {
    const base = `/w/${c.var.workspace.tenant.slug}`;
    const { endpoint } = await getBoardEndpoint(deps, c.var.workspace.caller, c.req.param("slug"));
    return endpoint.isOwn
      ? c.redirect(`${base}/endpoints/${endpoint.slug}`)
      : showEndpoint(deps, c, c.req.param("slug"), null);
  });

  routes.post(`${PATH}/follow`, async (c) => {
    const slug = c.req.param("slug");
    const { caller, tenant } = c.var.workspace;
    const typed = (await c.req.formData()).get("cadence_s");
    try {
      const cadenceS = typeof typed === "string" && /^\d{1,5}$/.test(typed) ? Number(typed) : undefined;
      const endpoint = await followEndpoint(deps, caller, { slug, cadenceS });
      c.var.flash({ tone: "good", text: `${endpoint.name} is followed.` });
      return c.redirect(`/w/${tenant.slug}/endpoints/${endpoint.slug}`, 303);
    } catch (err) {
      if (err instanceof AppError && (err.code === "limit_reached" || err.code === "invalid")) {
        return showEndpoint(deps, c, slug, err);
      }
      throw err;
    }
  });

  routes.post(`${PATH}/unfollow`, async (c) => {
    const { caller, tenant } = c.var.workspace;
    const endpoint = await unfollowEndpoint(deps, caller, c.req.param("slug"));
    c.var.flash({ tone: "good", text: `${endpoint.name} is not followed any more.` });
    return c.redirect(`/w/${tenant.slug}/`, 303);
  });
  return routes;
}

async function showEndpoint(
  deps: Deps,
  c: WebContext,
  slug: string,
  refusal: AppError | null,
): Promise<Response> {
  const { caller, tenant } = c.var.workspace;
  const { endpoint, followedCadenceS } = await getBoardEndpoint(deps, caller, slug);
  const body = boardEndpointView({
    endpoint,
    followedCadenceS,
    cadenceSMin: tenant.plan.cadenceSMin,
    mayFollow: decidePermission(caller.actor, "endpoint.follow").kind === "allowed",
    mayClaim: decidePermission(caller.actor, "endpoint.claim").kind === "allowed",
    base: `/w/${tenant.slug}`,
    publicUrl: deps.site.publicUrl,
    csrf: csrfField(c),
    problem: refusal?.public ?? null,
  });
  const page = await renderPage(c, { title: endpoint.name, section: "overview", body });
  return c.html(page, (refusal === null ? 200 : ERROR_STATUS[refusal.code]) as ContentfulStatusCode);
}

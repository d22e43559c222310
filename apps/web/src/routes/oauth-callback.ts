import { AppError } from "@alivemcp/core/app-error";
import { listMemberships } from "@alivemcp/db/queries/memberships-identity";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** What a redirect may carry that we look at (RFC 6749, section 4.1.2; RFC 9207). */
const PARAMETERS = ["code", "state", "iss", "error"] as const;
const PARAMETER_LENGTH_MAX = 4_000;

/**
 * `/oauth/callback`: where the authorization server of an endpoint sends people back to. Nothing in the address is
 * believed here; the api knows by the state which session began, for which endpoint.
 */
export function oauthCallbackRoutes(deps: Deps): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/oauth/callback", async (c) => {
    const { viewer } = c.var;
    if (viewer === null) {
      throw new AppError({
        code: "unauthenticated",
        internal: "no session at the callback",
        public: "You were signed out meanwhile, so nothing was stored. Sign in and start Connect again.",
      });
    }
    const { tenantId, endpointSlug } = await deps.vault.finishConnect({
      userId: viewer.userId,
      sessionId: viewer.sessionId,
      requestId: c.var.requestId.slice(0, 300),
      address: c.var.address.slice(0, 100),
      parameters: parametersOf(c),
    });
    c.var.flash({
      tone: "good",
      text: "Connected. The endpoint is private and is being probed with it now.",
    });
    const memberships = await listMemberships(deps.identityPool, viewer.userId);
    const workspace = memberships.find(({ tenant }) => tenant.id === tenantId);
    return c.redirect(
      workspace === undefined ? "/" : `/w/${workspace.tenant.slug}/endpoints/${endpointSlug}/credential`,
      303,
    );
  });
  return routes;
}

function parametersOf(c: WebContext): Record<string, string> {
  const given = PARAMETERS.map((name) => [name, c.req.query(name)] as const);
  return Object.fromEntries(
    given.filter((pair): pair is [(typeof PARAMETERS)[number], string] => {
      const [, value] = pair;
      return value !== undefined && value.length <= PARAMETER_LENGTH_MAX;
    }),
  );
}

import { findSlugOfHost } from "@alivemcp/db/queries/public-status-pages";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { MiddlewareHandler } from "hono";
import type { Deps } from "../deps.ts";
import { AWAY_ANSWER, cachedAnswer, respond } from "../http-answer.ts";
import { askedHost } from "./asked-host.ts";
import { ownHostRoutes } from "./own-host-routes.ts";

const DEADLINE_MS = 2_500;
const NO_PAGE = cachedAnswer("There is no status page at this address.\n", "text/plain; charset=utf-8", 404);

/**
 * Leads a request at a workspace's own host to that workspace's page, and lets those at the installation's own name
 * pass. A host that nobody proved gets nothing, neither a page of a workspace nor the board; `/healthz` answers anywhere,
 * because a load balancer asks by address.
 */
export function routeByHost(deps: Deps): MiddlewareHandler {
  const pages = ownHostRoutes(deps);
  return async (c, next) => {
    const asked = askedHost(c, deps.config.PUBLIC_URL);
    if (asked.kind === "ours" || c.req.path === "/healthz") {
      return next();
    }
    if (asked.kind === "unknown") {
      return respond(NO_PAGE, undefined);
    }
    const { host } = asked;
    try {
      const slug = await deps.hosts.get(host, () =>
        withDeadline(findSlugOfHost(deps.pool, host), DEADLINE_MS),
      );
      return slug === null ? respond(NO_PAGE, undefined) : await pages.fetch(c.req.raw, { host, slug });
    } catch (err) {
      deps.log.warn({ err }, "whose page a host shows could not be read");
      return respond(AWAY_ANSWER, undefined);
    }
  };
}

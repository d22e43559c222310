import type { Logger } from "@alivemcp/runtime/logger";
import { observeRequest, type RequestSeconds, routeLabel } from "@alivemcp/runtime/request-metrics";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { WebEnv } from "../web-env.ts";

/** What is asked too often to be worth a line in the log. */
const QUIET = new Set(["/healthz"]);

/** Measures and logs each request when its answer begins: patterns only, for paths hold tokens of mails. */
export function noteRequest(deps: {
  readonly log: Logger;
  readonly requestSeconds: RequestSeconds;
}): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const startedMs = performance.now();
    await next();
    const { method } = c.req;
    const { status } = c.res;
    const ms = performance.now() - startedMs;
    const route = routeLabel(matchedRoutes(c).map(({ path }) => path));
    observeRequest(deps.requestSeconds, { method, route, status, ms });
    if (!QUIET.has(route)) {
      deps.log.info({ requestId: c.var.requestId, method, route, status, ms: Math.round(ms) }, "answered");
    }
  };
}

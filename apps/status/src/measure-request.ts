import { observeRequest, type RequestSeconds, routeLabel } from "@alivemcp/runtime/request-metrics";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";

/** Measures each request until its answer begins; a live check streams on after that. Nothing is logged: badges are many. */
export function measureRequest(deps: { readonly requestSeconds: RequestSeconds }): MiddlewareHandler {
  return async (c, next) => {
    const startedMs = performance.now();
    await next();
    observeRequest(deps.requestSeconds, {
      method: c.req.method,
      route: routeLabel(matchedRoutes(c).map(({ path }) => path)),
      status: c.res.status,
      ms: performance.now() - startedMs,
    });
  };
}

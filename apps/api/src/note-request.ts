import type { Logger } from "@alivemcp/runtime/logger";
import { observeRequest, type RequestSeconds, routeLabel } from "@alivemcp/runtime/request-metrics";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";

/** What is asked too often to be worth a line in the log. */
const QUIET = new Set(["/healthz", "/canary"]);

/** Measures and logs each request when it was answered. */
export function noteRequest(deps: { log: Logger; requestSeconds: RequestSeconds }): MiddlewareHandler {
  return async (c, next) => {
    const startedMs = performance.now();
    await next();
    const { method, path } = c.req;
    const { status } = c.res;
    const ms = performance.now() - startedMs;
    const route = routeLabel(matchedRoutes(c).map((matched) => matched.path));
    observeRequest(deps.requestSeconds, { method, route, status, ms });
    if (!QUIET.has(path)) {
      deps.log.info({ requestId: c.get("requestId"), method, route, status, ms: Math.round(ms) }, "answered");
    }
  };
}

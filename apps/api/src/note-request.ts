import type { Logger } from "@alivemcp/runtime/logger";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { Histogram, type Registry } from "prom-client";

export type RequestSeconds = Histogram<"method" | "route" | "status">;

export function createRequestSeconds(registry: Registry): RequestSeconds {
  return new Histogram({
    name: "alivemcp_api_request_seconds",
    help: "Time to answer a request, by the pattern of its route",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registry],
  });
}

/** What is asked too often to be worth a line in the log. */
const QUIET = new Set(["/healthz", "/canary"]);
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Measures and logs each request when it was answered. Labels are route patterns, so no caller can invent series. */
export function noteRequest(deps: { log: Logger; requestSeconds: RequestSeconds }): MiddlewareHandler {
  return async (c, next) => {
    const startedMs = performance.now();
    await next();
    const { method, path } = c.req;
    const { status } = c.res;
    const ms = performance.now() - startedMs;
    const pattern = routePath(c, -1);
    const route = pattern.endsWith("*") ? "none" : pattern;
    const label = METHODS.has(method) ? method : "other";
    deps.requestSeconds.observe({ method: label, route, status }, ms / 1_000);
    if (!QUIET.has(path)) {
      deps.log.info({ requestId: c.get("requestId"), method, route, status, ms: Math.round(ms) }, "answered");
    }
  };
}

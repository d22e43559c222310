import { Histogram, type Registry } from "prom-client";

export type RequestSeconds = Histogram<"method" | "route" | "status">;

/** `alivemcp_<app>_request_seconds`: its `_count` is the rate of requests, its buckets how long answers took to begin. */
export function createRequestSeconds(registry: Registry, app: "api" | "status" | "web"): RequestSeconds {
  return new Histogram({
    name: `alivemcp_${app}_request_seconds`,
    help: "Time to answer a request, by the pattern of its route",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registry],
  });
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Counts one answered request. Labels are known methods and `routeLabel`s, so no caller can invent series. */
export function observeRequest(
  requestSeconds: RequestSeconds,
  answered: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  },
): void {
  const { method, route, status, ms } = answered;
  requestSeconds.observe({ method: METHODS.has(method) ? method : "other", route, status }, ms / 1_000);
}

/** Of the patterns that a path matched, in order: the last that is a route, not middleware; `none` when there is none. */
export const routeLabel = (patterns: readonly string[]): string =>
  patterns.findLast((pattern) => !pattern.endsWith("*")) ?? "none";

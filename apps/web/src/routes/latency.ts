import { LATENCY_WINDOWS, type LatencyWindow, readLatency } from "@alivemcp/actions/watched/read-latency";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import type { WebEnv } from "../web-env.ts";

/** `GET …/endpoints/<slug>/latency.json?window=24h|7d`: what the chart draws; any other window is a day. */
export function latencyRoutes(deps: Pick<Deps, "pool" | "clock">): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/endpoints/:slug/latency.json", async (c) => {
    const asked = c.req.query("window") ?? "";
    const window: LatencyWindow = Object.hasOwn(LATENCY_WINDOWS, asked) ? (asked as LatencyWindow) : "24h";
    const { caller } = c.var.workspace;
    return c.json(await readLatency(deps, caller, { slug: c.req.param("slug"), window }));
  });
  return routes;
}

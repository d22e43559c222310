import { Hono } from "hono";
import type { AppLifecycle } from "../app-lifecycle.ts";

/**
 * `/healthz`: 200 while this process can do its work, 503 until it is ready and while it drains. `/canary`: always
 * 204; what the regions of a one-machine installation fetch to know that their own connectivity works.
 */
export function healthRoutes(lifecycle: AppLifecycle): Hono {
  const routes = new Hono();
  routes.get("/healthz", async (c) => {
    const isReady = await lifecycle.isReady();
    return c.json({ status: isReady ? "ok" : "unavailable" }, isReady ? 200 : 503, {
      "cache-control": "no-store",
    });
  });
  routes.get("/canary", (c) => c.body(null, 204));
  return routes;
}

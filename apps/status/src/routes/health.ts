import { Hono } from "hono";
import type { AppLifecycle } from "../app-lifecycle.ts";

/** `/healthz`: 200 while this process serves current pages, 503 until it is ready and while it drains. */
export function healthRoutes(lifecycle: AppLifecycle): Hono {
  const routes = new Hono();
  routes.get("/healthz", (c) => {
    const isReady = lifecycle.isReady();
    return c.json({ status: isReady ? "ok" : "unavailable" }, isReady ? 200 : 503, {
      "cache-control": "no-store",
    });
  });
  return routes;
}

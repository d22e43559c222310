import { Hono } from "hono";
import type { AppLifecycle } from "../app-lifecycle.ts";

/** `/healthz`: 200 while Postgres and Redis answer, 503 until then and while the process drains. */
export function healthRoutes(lifecycle: Pick<AppLifecycle, "isReady">): Hono {
  const routes = new Hono();
  routes.get("/healthz", async (c) => {
    const isReady = await lifecycle.isReady();
    return c.json({ status: isReady ? "ok" : "unavailable" }, isReady ? 200 : 503);
  });
  return routes;
}

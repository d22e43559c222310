import { refuseUnknownRoute } from "@alivemcp/core/refuse-unknown-route";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { AppLifecycle } from "./app-lifecycle.ts";
import type { Deps } from "./deps.ts";
import { errorPage } from "./error-page.ts";
import { measureRequest } from "./measure-request.ts";
import { routeByHost } from "./own-host/route-by-host.ts";
import { assetRoutes } from "./routes/assets.ts";
import { badgeRoutes } from "./routes/badge.ts";
import { boardRoutes } from "./routes/board.ts";
import { checkRoutes } from "./routes/check.ts";
import { embedStatusRoutes } from "./routes/embed-status.ts";
import { healthRoutes } from "./routes/health.ts";
import { reportRoutes } from "./routes/reports.ts";
import { staticPageRoutes } from "./routes/static-pages.ts";
import { statusPageRoutes } from "./routes/status-page.ts";
import { subscriptionRoutes } from "./routes/subscriptions.ts";
import { tenantPageRoutes, tenantReportRoutes } from "./routes/tenant-pages.ts";
import { securePages } from "./secure-pages.ts";

/** The public pages. What programs ask for comes first: it is asked for most, and brings its own headers. */
export function buildApp(deps: Deps, lifecycle: AppLifecycle): Hono {
  const app = new Hono();
  app.use(measureRequest(deps));
  app.use(routeByHost(deps));
  app.route("/", badgeRoutes(deps));
  app.route("/", embedStatusRoutes(deps));
  app.route("/", reportRoutes(deps));
  app.route("/", tenantReportRoutes(deps));
  app.use(requestId());
  app.use(securePages(deps.config.API_URL));
  app.route("/", healthRoutes(lifecycle));
  app.route("/", assetRoutes(deps));
  app.route("/", boardRoutes(deps));
  app.route("/", statusPageRoutes(deps));
  app.route("/", checkRoutes(deps, lifecycle));
  app.route("/", staticPageRoutes(deps));
  app.route("/", subscriptionRoutes(deps));
  app.route("/", tenantPageRoutes(deps));
  app.notFound(refuseUnknownRoute);
  app.onError((err, c) => errorPage(deps, err, c));
  return app;
}

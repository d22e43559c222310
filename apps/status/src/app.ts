import { refuseUnknownRoute } from "@alivemcp/core/refuse-unknown-route";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import type { AppLifecycle } from "./app-lifecycle.ts";
import type { Deps } from "./deps.ts";
import { errorPage } from "./error-page.ts";
import { measureRequest } from "./measure-request.ts";
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

/** The public pages. What programs ask for comes first: it is asked for most, and brings its own headers. */
export function buildApp(deps: Deps, lifecycle: AppLifecycle): Hono {
  const app = new Hono();
  app.use(measureRequest(deps));
  app.route("/", badgeRoutes(deps));
  app.route("/", embedStatusRoutes(deps));
  app.route("/", reportRoutes(deps));
  app.route("/", tenantReportRoutes(deps));
  app.use(requestId());
  const policy = contentPolicy(deps.config.API_URL);
  app.use(async (c, next) => {
    await next();
    c.header("content-security-policy", policy);
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    c.header("x-frame-options", "DENY");
    c.header("permissions-policy", "camera=(), geolocation=(), microphone=()");
  });
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

/** No inline script or style anywhere; forms that change something leave for the API, and nothing else for another origin. */
function contentPolicy(apiUrl: string): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    `form-action 'self' ${new URL(apiUrl).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

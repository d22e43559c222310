import { refuseUnknownRoute } from "@alivemcp/core/refuse-unknown-route";
import { requestId } from "hono/request-id";
import type { AppLifecycle } from "./app-lifecycle.ts";
import { hookRoutes } from "./channels/hook-routes.ts";
import { mailLinkRoutes } from "./channels/mail-link-routes.ts";
import { slackInstallRoutes } from "./channels/slack-install-routes.ts";
import type { Deps } from "./deps.ts";
import { errorResponse } from "./error-response.ts";
import { noteRequest } from "./note-request.ts";
import { openApiDocument } from "./open-api/document.ts";
import { createRouter } from "./open-api/router.ts";
import { limitBodies } from "./requests/limit-bodies.ts";
import { documentationRoutes } from "./routes/documentation.ts";
import { healthRoutes } from "./routes/health.ts";
import { optOutRoutes } from "./routes/opt-outs.ts";
import { subscriptionRoutes } from "./routes/subscriptions.ts";
import { v1Routes } from "./v1.ts";

/** The REST API. Every answer carries `x-request-id`; every refusal is problem+json. */
export function buildApp(deps: Deps, lifecycle: AppLifecycle) {
  const app = createRouter();
  app.use(requestId());
  app.use(noteRequest(deps));
  app.use(async (c, next) => {
    await next();
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    if (!c.res.headers.has("content-security-policy")) {
      c.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    }
  });
  app.use(limitBodies());
  app.onError((err, c) => errorResponse(deps, err, c));
  app.notFound(refuseUnknownRoute);
  app.route("/", healthRoutes(lifecycle));
  app.route("/v1/opt-outs", optOutRoutes(deps));
  app.route("/v1/subscriptions", subscriptionRoutes(deps));
  app.route("/hooks", hookRoutes(deps));
  app.route("/oauth/slack", slackInstallRoutes(deps));
  app.route("/", mailLinkRoutes(deps));
  app.route("/v1", v1Routes(deps));
  app.route("/", documentationRoutes(openApiDocument(app, deps.config.API_URL)));
  return app;
}

import { AppError } from "@alivemcp/core/app-error";
import { refuseUnknownRoute } from "@alivemcp/core/refuse-unknown-route";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import type { Deps } from "../deps.ts";
import { errorResponse } from "../error-response.ts";
import { noteRequest } from "../note-request.ts";
import { credentialRoutes } from "./credential-routes.ts";
import { handoverRoutes } from "./handover-routes.ts";
import { sinkSecretRoutes } from "./sink-secret-routes.ts";

const BODY_BYTES_MAX = 64 * 1024;

/** The port that only processes of this installation may reach: workers with their region's token, the dashboard with its own. */
export function buildInternalApp(deps: Deps): Hono {
  const app = new Hono();
  app.use(requestId());
  app.use(noteRequest(deps));
  app.use(async (c, next) => {
    await next();
    c.header("cache-control", "no-store");
  });
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => {
        throw new AppError({
          code: "invalid",
          internal: "body too large",
          public: "The body is larger than 64 KiB.",
          field: "body",
        });
      },
    }),
  );
  app.route("/", handoverRoutes(deps));
  app.route("/", credentialRoutes(deps));
  app.route("/", sinkSecretRoutes(deps));
  app.notFound(refuseUnknownRoute);
  app.onError((err, c) => errorResponse(deps, err, c));
  return app;
}

import { AppError } from "@alivemcp/core/app-error";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import type { AppLifecycle } from "./app-lifecycle.ts";
import type { Deps } from "./deps.ts";
import { errorResponse } from "./error-response.ts";
import { noteRequest } from "./note-request.ts";
import { endpointRoutes } from "./routes/endpoints.ts";
import { healthRoutes } from "./routes/health.ts";
import { optOutRoutes } from "./routes/opt-outs.ts";

const BODY_BYTES_MAX = 64 * 1024;

/** The REST API. Every answer carries `x-request-id`; every refusal is problem+json. */
export function buildApp(deps: Deps, lifecycle: AppLifecycle): Hono {
  const app = new Hono();
  app.use(requestId());
  app.use(noteRequest(deps));
  app.use(async (c, next) => {
    await next();
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    c.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
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
  app.route("/", healthRoutes(lifecycle));
  app.route("/v1/endpoints", endpointRoutes(deps));
  app.route("/v1/opt-outs", optOutRoutes(deps));
  app.notFound(() => {
    throw new AppError({
      code: "not_found",
      internal: "no such route",
      public: "There is nothing at this address.",
    });
  });
  app.onError((err, c) => errorResponse(deps.log, err, c));
  return app;
}

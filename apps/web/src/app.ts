import { AppError } from "@alivemcp/core/app-error";
import { refuseUnknownRoute } from "@alivemcp/core/refuse-unknown-route";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import type { AppLifecycle } from "./app-lifecycle.ts";
import type { Deps } from "./deps.ts";
import { formGuard } from "./middleware/form-guard.ts";
import { loadViewer } from "./middleware/load-viewer.ts";
import { loadWorkspace } from "./middleware/load-workspace.ts";
import { noteRequest } from "./middleware/note-request.ts";
import { requireViewer } from "./middleware/require-viewer.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { problemPage } from "./problem-page.ts";
import { accountRoutes } from "./routes/account.ts";
import { accountDataRoutes } from "./routes/account-data.ts";
import { accountSecurityRoutes } from "./routes/account-security.ts";
import { assetRoutes } from "./routes/assets.ts";
import { auditRoutes } from "./routes/audit.ts";
import { boardEndpointRoutes, boardEntryRoutes } from "./routes/board-endpoint.ts";
import { claimRoutes } from "./routes/claim.ts";
import { credentialRoutes } from "./routes/credential.ts";
import { endpointImportRoutes } from "./routes/endpoint-import.ts";
import { endpointNewRoutes } from "./routes/endpoint-new.ts";
import { endpointSettingsRoutes } from "./routes/endpoint-settings.ts";
import { healthRoutes } from "./routes/health.ts";
import { homeRoutes } from "./routes/home.ts";
import { invitationRoutes } from "./routes/invitations.ts";
import { keyRoutes } from "./routes/keys.ts";
import { memberRoutes } from "./routes/members.ts";
import { newWorkspaceRoutes } from "./routes/new-workspace.ts";
import { noticeRoutes } from "./routes/notices.ts";
import { oauthCallbackRoutes } from "./routes/oauth-callback.ts";
import { resetPasswordRoutes } from "./routes/reset-password.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { signUpRoutes } from "./routes/sign-up.ts";
import { watchingRoutes } from "./routes/watching.ts";

import { workspaceExportRoutes } from "./routes/workspace-export.ts";
import { workspaceSettingsRoutes } from "./routes/workspace-settings.ts";
import type { WebEnv } from "./web-env.ts";

/** An import of 500 endpoints with room to spare. */
const BODY_BYTES_MAX = 1024 * 1024;

/** The dashboard. Pages of strangers first, then the person's own, then those of a workspace. */
export function buildApp(deps: Deps, lifecycle: AppLifecycle): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.use(requestId());
  app.use(noteRequest(deps));
  app.use(securityHeaders(deps.config.APP_URL, deps.config.PUBLIC_URL));
  app.route("/", healthRoutes(lifecycle));
  app.route("/", assetRoutes(deps));
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => {
        throw new AppError({
          code: "invalid",
          internal: "body too large",
          public: "That is larger than 1 MiB.",
        });
      },
    }),
  );
  app.use(loadViewer(deps));
  app.use(formGuard(deps));
  app.route("/", signUpRoutes(deps));
  app.route("/", signInRoutes(deps));
  app.route("/", resetPasswordRoutes(deps));
  app.use("/account/*", requireViewer(deps));
  app.route("/", accountRoutes(deps));
  app.route("/", accountSecurityRoutes(deps));
  app.route("/", accountDataRoutes(deps));
  app.route("/", homeRoutes(deps));
  app.route("/", newWorkspaceRoutes(deps));
  app.route("/", invitationRoutes(deps));
  app.route("/", boardEntryRoutes(deps));
  app.route("/", oauthCallbackRoutes(deps));
  app.use("/w/:workspace/*", requireViewer(deps), loadWorkspace());
  app.route("/", endpointNewRoutes(deps));
  app.route("/", endpointImportRoutes(deps));
  app.route("/", endpointSettingsRoutes(deps));
  app.route("/", boardEndpointRoutes(deps));
  app.route("/", claimRoutes(deps));
  app.route("/", noticeRoutes(deps));
  app.route("/", credentialRoutes(deps));
  app.route("/", watchingRoutes(deps, lifecycle));
  app.route("/", memberRoutes(deps));
  app.route("/", keyRoutes(deps));
  app.route("/", auditRoutes(deps));
  app.route("/", workspaceSettingsRoutes(deps));
  app.route("/", workspaceExportRoutes(deps));
  app.notFound(refuseUnknownRoute);
  app.onError((err, c) => problemPage(deps, err, c));
  return app;
}

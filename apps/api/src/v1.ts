import type { Deps } from "./deps.ts";
import { createRouter } from "./open-api/router.ts";
import { authenticate } from "./requests/authenticate.ts";
import { createCursors } from "./requests/cursors.ts";
import { createFailureLimit } from "./requests/failure-limit.ts";
import { idempotency } from "./requests/idempotency.ts";
import { leadOn } from "./requests/lead-on.ts";
import { limitRequests } from "./requests/limit-requests.ts";
import { claimRoutes } from "./routes/claims.ts";
import { credentialRoutes } from "./routes/credentials.ts";
import { driftRoutes } from "./routes/drift.ts";
import { endpointRoutes } from "./routes/endpoints.ts";
import { followRoutes } from "./routes/follows.ts";
import { historyRoutes } from "./routes/history.ts";
import { importRoutes } from "./routes/imports.ts";
import { keyRoutes } from "./routes/keys.ts";
import { meRoutes } from "./routes/me.ts";
import { memberRoutes } from "./routes/members.ts";
import { operatorRoutes } from "./routes/operators.ts";
import { tenantMetricsRoutes } from "./routes/tenant-metrics.ts";
import { workspaceRoutes } from "./routes/workspace.ts";

/** Everything behind a key. In this order: who is it, has it requests left, was this done before. */
export function v1Routes(deps: Deps) {
  const cursors = createCursors(deps.config.OPERATOR_KEY);
  const routes = createRouter();
  routes.use(authenticate(deps, createFailureLimit(deps)), limitRequests(deps), idempotency(deps));
  routes.use("/endpoints/:endpoint/*", leadOn(deps, 3));
  routes.route("/me", meRoutes(deps));
  routes.route("/endpoints", endpointRoutes(deps, cursors));
  routes.route("/endpoints", historyRoutes(deps, cursors));
  routes.route("/endpoints", driftRoutes(deps, cursors));
  routes.route("/endpoints", credentialRoutes(deps));
  routes.route("/imports", importRoutes(deps));
  routes.route("/claims", claimRoutes(deps));
  routes.route("/follows", followRoutes(deps));
  routes.route("/keys", keyRoutes(deps, cursors));
  routes.route("/", memberRoutes(deps));
  routes.route("/", workspaceRoutes(deps, cursors));
  routes.route("/", tenantMetricsRoutes(deps));
  routes.route("/operator", operatorRoutes(deps, cursors));
  return routes;
}

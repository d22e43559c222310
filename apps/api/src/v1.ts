import type { Deps } from "./deps.ts";
import { createRouter } from "./open-api/router.ts";
import { authenticate } from "./requests/authenticate.ts";
import { createCursors } from "./requests/cursors.ts";
import { createFailureLimit } from "./requests/failure-limit.ts";
import { idempotency } from "./requests/idempotency.ts";
import { leadOn } from "./requests/lead-on.ts";
import { limitRequests } from "./requests/limit-requests.ts";
import { endpointRoutes } from "./routes/endpoints.ts";
import { keyRoutes } from "./routes/keys.ts";
import { meRoutes } from "./routes/me.ts";

/** Everything behind a key. In this order: who is it, has it requests left, was this done before. */
export function v1Routes(deps: Deps) {
  const cursors = createCursors(deps.config.OPERATOR_KEY);
  const routes = createRouter();
  routes.use(authenticate(deps, createFailureLimit(deps)), limitRequests(deps), idempotency(deps));
  routes.use("/endpoints/:endpoint/*", leadOn(deps, 3));
  routes.route("/me", meRoutes(deps));
  routes.route("/endpoints", endpointRoutes(deps, cursors));
  routes.route("/keys", keyRoutes(deps, cursors));
  return routes;
}

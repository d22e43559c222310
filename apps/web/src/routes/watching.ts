import { Hono } from "hono";
import type { AppLifecycle } from "../app-lifecycle.ts";
import type { Deps } from "../deps.ts";
import { createStreams } from "../live/create-streams.ts";
import { leadOldSlug } from "../middleware/lead-old-slug.ts";
import type { WebEnv } from "../web-env.ts";
import { badgeRoutes } from "./badge.ts";
import { baselineRoutes } from "./baseline.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { driftRoutes } from "./drift.ts";
import { endpointRoutes } from "./endpoint.ts";
import { endpointAlertRoutes } from "./endpoint-alerts.ts";
import { escalationRoutes } from "./escalations.ts";
import { failureRoutes } from "./failures.ts";
import { incidentRoutes } from "./incident.ts";
import { incidentListRoutes } from "./incidents.ts";
import { latencyRoutes } from "./latency.ts";
import { liveRoutes } from "./live.ts";
import { maintenanceRoutes } from "./maintenance.ts";
import { overviewRoutes } from "./overview.ts";
import { probeRoutes } from "./probe.ts";
import { ruleRoutes } from "./rules.ts";
import { sinkRoutes } from "./sink.ts";
import { sinkListRoutes } from "./sinks.ts";
import { statusPageRoutes } from "./status-pages.ts";
import { toolRoutes } from "./tools.ts";

/** Everything a workspace looks at: the overview, and the pages of one endpoint with their streams. */
export function watchingRoutes(deps: Deps, lifecycle: Pick<AppLifecycle, "stopping">): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.use("/w/:workspace/endpoints/:slug", leadOldSlug(deps));
  routes.use("/w/:workspace/endpoints/:slug/*", leadOldSlug(deps));
  const streams = createStreams(deps, lifecycle.stopping);
  const all = [
    overviewRoutes(deps),
    liveRoutes(deps, streams),
    probeRoutes(deps, streams),
    endpointRoutes(deps),
    latencyRoutes(deps),
    badgeRoutes(deps),
    driftRoutes(deps),
    baselineRoutes(deps),
    toolRoutes(deps),
    failureRoutes(deps),
    endpointAlertRoutes(deps),
    incidentListRoutes(deps, streams),
    incidentRoutes(deps),
    deliveryRoutes(deps, streams),
    sinkListRoutes(deps),
    sinkRoutes(deps, streams),
    ruleRoutes(deps),
    escalationRoutes(deps),
    maintenanceRoutes(deps),
    statusPageRoutes(deps),
  ];
  for (const part of all) {
    routes.route("/", part);
  }
  return routes;
}

import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { listWatched } from "@alivemcp/actions/watched/list-watched";
import { readRegionVotes } from "@alivemcp/actions/watched/region-readings";
import { createMicroCache } from "@alivemcp/runtime/micro-cache";
import { Hono } from "hono";
import type { Deps } from "../deps.ts";
import type { LiveStreams } from "../live/create-streams.ts";
import { endpointDigest, overviewDigest } from "../live/digests.ts";
import { followChanges } from "../live/follow-changes.ts";
import type { WebEnv } from "../web-env.ts";

/** However many people look at one page, what it shows is read once in this time. */
const DIGEST_TTL_MS = 1_500;
const DIGESTS_MAX = 2_000;

/** `GET …/events?since=<digest>`: says when the overview or an endpoint's page has something new to show. */
export function liveRoutes(deps: Deps, streams: LiveStreams): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const digests = createMicroCache<string>({
    clock: deps.clock,
    ttlMs: DIGEST_TTL_MS,
    entriesMax: DIGESTS_MAX,
  });

  routes.get("/w/:workspace/events", (c) => {
    const { caller } = c.var.workspace;
    const digest = () =>
      digests.get(caller.scope.tenantId, async () => overviewDigest(await listWatched(deps, caller)));
    const since = c.req.query("since") ?? "";
    return streams.open(c, (signal) => followChanges(digest, { since, signal }));
  });

  routes.get("/w/:workspace/endpoints/:slug/events", async (c) => {
    const { caller } = c.var.workspace;
    const { id } = (await getWatched(deps, caller, c.req.param("slug"))).reading.endpoint;
    const digest = () =>
      digests.get(`${caller.scope.tenantId} ${id}`, async () => {
        const { reading } = await getWatched(deps, caller, id);
        const [regions = []] = await readRegionVotes(deps, [reading.endpoint]);
        return endpointDigest(reading, regions);
      });
    const since = c.req.query("since") ?? "";
    return streams.open(c, (signal) => followChanges(digest, { since, signal }));
  });
  return routes;
}

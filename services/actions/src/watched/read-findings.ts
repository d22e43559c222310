import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";
import { type RegionReading, readRegionFindings } from "./region-readings.ts";

/** What each region's newest probe of an endpoint found. Of a followed one without the steps: those are its owner's. Throws `not_found`. */
export async function readFindings(
  deps: Pick<ActionDeps, "pool" | "redis" | "clock" | "log" | "probeQueues">,
  caller: Caller,
  slugOrId: string,
): Promise<{ endpoint: WatchedEndpoint; regions: readonly RegionReading[] }> {
  const endpoint = await read(deps, caller, "endpoint.read", (tx) => findWatched(caller, tx, slugOrId));
  const regions = await readRegionFindings(deps, endpoint);
  return {
    endpoint,
    regions: endpoint.isFollowed ? regions.map((region) => ({ ...region, finding: null })) : regions,
  };
}

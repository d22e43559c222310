import { listWatchedEndpoints } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { readWatched, type WatchedReading } from "./watched-reading.ts";

/** Everything the tenant owns or follows, by name, with its present state. Two round trips, however many there are. */
export async function listWatched(
  deps: Pick<ActionDeps, "pool" | "redis" | "clock" | "log">,
  caller: Caller,
): Promise<WatchedReading[]> {
  const endpoints = await read(deps, caller, "endpoint.read", (tx) => listWatchedEndpoints(caller.scope, tx));
  return readWatched(deps, endpoints);
}

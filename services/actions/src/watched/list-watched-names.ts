import { listWatchedEndpoints, type WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** Everything the tenant owns or follows, by name, without its present state: what forms let people choose from. */
export function listWatchedNames(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
): Promise<readonly WatchedEndpoint[]> {
  return read(deps, caller, "endpoint.read", (tx) => listWatchedEndpoints(caller.scope, tx));
}

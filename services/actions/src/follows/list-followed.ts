import { type FollowedEndpoint, listFollowed as listFollowedRows } from "@alivemcp/db/queries/follows";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** The public endpoints of others that the workspace follows, by name. */
export function listFollowed(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<FollowedEndpoint[]> {
  return read(deps, caller, "endpoint.read", (tx) => listFollowedRows(caller.scope, tx));
}

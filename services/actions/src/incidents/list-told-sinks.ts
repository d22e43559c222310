import { listToldSinks as listToldSinkRows } from "@alivemcp/db/queries/told-sinks";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** Names of the sinks that accepted a message about each of these incidents of the tenant; none: no entry. */
export function listToldSinks(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  incidentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  return read(deps, caller, "incident.read", (tx) => listToldSinkRows(caller.scope, tx, incidentIds));
}

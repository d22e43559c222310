import type { DriftEventRow } from "@alivemcp/db/queries/drift-events";
import { pageDriftEvents } from "@alivemcp/db/queries/endpoint-pages";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "../watched/find-watched.ts";

/** Changes of the tools of an endpoint the tenant watches, newest first; `beforeId` is the last one of the page before. Throws `not_found`. */
export function listDrift(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly endpoint: string; readonly beforeId: string | null; readonly limit: number },
): Promise<DriftEventRow[]> {
  return read(deps, caller, "endpoint.read", async (tx) => {
    const { id } = await findWatched(caller, tx, input.endpoint);
    return pageDriftEvents(caller.scope, tx, { ...input, endpointId: id });
  });
}

import { pageTransitions, type TransitionEntry } from "@alivemcp/db/queries/endpoint-pages";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";

/** What was decided about an endpoint the tenant watches, newest first; `beforeId` is the last row of the page before. Throws `not_found`. */
export function listTransitions(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly endpoint: string; readonly beforeId: string | null; readonly limit: number },
): Promise<TransitionEntry[]> {
  return read(deps, caller, "endpoint.read", async (tx) => {
    const { id } = await findWatched(caller, tx, input.endpoint);
    return pageTransitions(caller.scope, tx, { ...input, endpointId: id });
  });
}

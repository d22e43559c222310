import { deleteEndpoint as deleteEndpointRow } from "@alivemcp/db/queries/endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getEndpointIn } from "./get-endpoint.ts";

/** Removes an endpoint for good, with its history; who followed it is told. Its slug is never another tenant's. */
export function deleteEndpoint(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slugOrId: string,
): Promise<void> {
  return change(deps, caller, "endpoint.delete", async (tx) => {
    const { id } = await getEndpointIn(caller.scope, tx, slugOrId);
    await deleteEndpointRow(caller.scope, tx, id);
    return { result: undefined, audit: { targetKind: "endpoint", targetId: id } };
  });
}

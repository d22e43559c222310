import { deleteCredential as deleteRow, takeCredentialVersion } from "@alivemcp/db/queries/credentials";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getEndpointIn } from "../endpoints/get-endpoint.ts";

/**
 * Deletes an endpoint's credential with every token got with it; jobs under way that carry a ticket for it get nothing
 * any more. The endpoint stays private: what it is was not meant for everyone. Returns false when there was none;
 * throws `not_found` for another tenant's endpoint.
 */
export function deleteCredential(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slugOrId: string,
): Promise<boolean> {
  return change(deps, caller, "credential.write", async (tx) => {
    const endpoint = await getEndpointIn(caller.scope, tx, slugOrId);
    const isDeleted = await deleteRow(caller.scope, tx, endpoint.id);
    if (!isDeleted) {
      return { result: false, audit: null };
    }
    await takeCredentialVersion(caller.scope, tx, endpoint.id);
    return { result: true, audit: { targetKind: "credential", targetId: endpoint.id } };
  });
}

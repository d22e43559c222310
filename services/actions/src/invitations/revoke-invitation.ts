import { type InvitationRow, revokeInvitation as revokeRow } from "@alivemcp/db/queries/invitations";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getUnsettledInvitation } from "./get-unsettled-invitation.ts";

/** Takes an invitation back: its link stops working at once. Throws `not_found`, `conflict` when it is settled. */
export function revokeInvitation(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  id: string,
): Promise<InvitationRow> {
  return change(deps, caller, "member.invite", async (tx) => {
    const invitation = await getUnsettledInvitation(caller.scope, tx, id);
    const revoked = await revokeRow(caller.scope, tx, id, new Date(deps.clock.nowMs()));
    return {
      result: revoked ?? invitation,
      audit: { deed: "invitation.revoke", targetKind: "invitation", targetId: id },
    };
  });
}

import { decideRemoval } from "@alivemcp/core/membership";
import { deleteMember, endSessionsOfMember, type MemberRow } from "@alivemcp/db/queries/members";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getMember } from "./get-member.ts";
import { requireMembership } from "./require-membership.ts";

/**
 * Takes somebody out of the workspace and signs them out everywhere: their other workspaces are a sign-in away. Keys
 * they made stay, for programs run on them. Throws `not_found`, or `conflict` with the rule (`decideRemoval`).
 */
export function removeMember(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  userId: string,
): Promise<MemberRow> {
  return change(deps, caller, "member.remove", async (tx) => {
    const member = await getMember(caller.scope, tx, userId);
    requireMembership(decideRemoval(caller.actor, member), "user_id");
    await endSessionsOfMember(caller.scope, tx, userId);
    await deleteMember(caller.scope, tx, userId);
    return { result: member, audit: { targetKind: "member", targetId: userId } };
  });
}

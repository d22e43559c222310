import { decideRoleChange } from "@alivemcp/core/membership";
import type { Role } from "@alivemcp/core/permissions";
import { endSessionsOfMember, type MemberRow, updateMemberRole } from "@alivemcp/db/queries/members";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getMember } from "./get-member.ts";
import { requireMembership } from "./require-membership.ts";

/**
 * Gives a member another role and signs them out everywhere, so that no page of theirs goes on under the old one.
 * Throws `not_found`, or `conflict` with the rule that forbids it (`decideRoleChange`).
 */
export function changeRole(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  { userId, role }: { readonly userId: string; readonly role: Role },
): Promise<MemberRow> {
  return change(deps, caller, "member.change_role", async (tx) => {
    const member = await getMember(caller.scope, tx, userId);
    if (!requireMembership(decideRoleChange(caller.actor, member, role), "role")) {
      return { result: member, audit: null };
    }
    await updateMemberRole(caller.scope, tx, { userId, from: member.role, to: role });
    await endSessionsOfMember(caller.scope, tx, userId);
    return {
      result: { ...member, role },
      audit: { targetKind: "member", targetId: userId, content: { from: member.role, to: role } },
    };
  });
}

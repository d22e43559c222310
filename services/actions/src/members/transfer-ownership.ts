import { AppError } from "@alivemcp/core/app-error";
import { invariant } from "@alivemcp/core/invariant";
import { decideTransfer } from "@alivemcp/core/membership";
import { endSessionsOfMember, type MemberRow, updateMemberRole } from "@alivemcp/db/queries/members";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requireTypedName } from "../workspaces/require-typed-name.ts";
import { getMember } from "./get-member.ts";
import { requireMembership } from "./require-membership.ts";

/**
 * Makes another member the owner and the owner an admin, in one transaction; both are signed out everywhere.
 * `confirmation` is the workspace's name, typed in. Throws `not_found`, `invalid`, or `conflict` with the rule.
 */
export function transferOwnership(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly userId: string; readonly confirmation: string },
): Promise<MemberRow> {
  return change(deps, caller, "workspace.transfer", async (tx, tenant) => {
    const { actor } = caller;
    invariant(actor.kind === "member", "only the owner hands a workspace over");
    const successor = await getMember(caller.scope, tx, input.userId);
    requireMembership(decideTransfer({ userId: actor.userId, role: actor.role }, successor), "user_id");
    requireTypedName(tenant, input.confirmation);
    // First down, then up: there is never a second owner, and a caller who no longer is one stops here.
    if (!(await updateMemberRole(caller.scope, tx, { userId: actor.userId, from: "owner", to: "admin" }))) {
      throw new AppError({
        code: "conflict",
        internal: "caller is no longer the owner",
        public: "You no longer own this workspace.",
      });
    }
    await updateMemberRole(caller.scope, tx, { userId: successor.userId, from: successor.role, to: "owner" });
    await endSessionsOfMember(caller.scope, tx, actor.userId);
    await endSessionsOfMember(caller.scope, tx, successor.userId);
    return {
      result: { ...successor, role: "owner" as const },
      audit: {
        targetKind: "member",
        targetId: successor.userId,
        content: { from: actor.userId, to: successor.userId },
      },
    };
  });
}

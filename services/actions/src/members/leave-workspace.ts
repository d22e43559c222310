import { invariant } from "@alivemcp/core/invariant";
import { decideLeave } from "@alivemcp/core/membership";
import { deleteMember } from "@alivemcp/db/queries/members";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getMember } from "./get-member.ts";
import { requireMembership } from "./require-membership.ts";

/** Takes the caller out of the workspace; the owner has to hand it over or delete it first (`conflict`). */
export function leaveWorkspace(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<void> {
  return change(deps, caller, "member.leave", async (tx) => {
    const { actor } = caller;
    invariant(actor.kind === "member", "only a person can leave");
    requireMembership(decideLeave(await getMember(caller.scope, tx, actor.userId)), "confirmation");
    await deleteMember(caller.scope, tx, actor.userId);
    return { result: undefined, audit: { targetKind: "member", targetId: actor.userId } };
  });
}

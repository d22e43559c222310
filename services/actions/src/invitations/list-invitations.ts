import { type InvitationRow, listUnsettledInvitations } from "@alivemcp/db/queries/invitations";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** Invitations that nobody accepted and nobody took back, expired ones included, oldest first. */
export function listInvitations(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<InvitationRow[]> {
  return read(deps, caller, "member.list", (tx) => listUnsettledInvitations(caller.scope, tx));
}

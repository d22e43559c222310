import { listMembers as listMemberRows, type MemberRow } from "@alivemcp/db/queries/members";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** Everybody who belongs to the workspace, the owner first. At most as many as the largest plan allows. */
export function listMembers(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<MemberRow[]> {
  return read(deps, caller, "member.list", (tx) => listMemberRows(caller.scope, tx));
}

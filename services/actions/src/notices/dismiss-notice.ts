import { dismissNotice as dismissNoticeRow } from "@alivemcp/db/queries/notices";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";

/** Puts a notice away for everybody in the workspace; one that is not there, or another workspace's, is no error. */
export function dismissNotice(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  id: number,
): Promise<void> {
  return change(deps, caller, "notice.dismiss", async (tx) => {
    const at = new Date(deps.clock.nowMs());
    const wasOpen = await dismissNoticeRow(caller.scope, tx, { id, at });
    return { result: undefined, audit: wasOpen ? { targetKind: "notice", targetId: String(id) } : null };
  });
}

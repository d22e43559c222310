import { AppError } from "@alivemcp/core/app-error";
import { dismissNotice as dismissNoticeRow } from "@alivemcp/db/queries/notices";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";

/** Puts a notice away for everybody in the workspace. Throws `not_found` when there is no such open one. */
export function dismissNotice(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  id: number,
): Promise<void> {
  return change(deps, caller, "notice.dismiss", async (tx) => {
    const at = new Date(deps.clock.nowMs());
    if (!(await dismissNoticeRow(caller.scope, tx, { id, at }))) {
      throw new AppError({
        code: "not_found",
        internal: "no such open notice",
        public: "There is no such notice, or somebody dismissed it already.",
      });
    }
    return { result: undefined, audit: { targetKind: "notice", targetId: String(id) } };
  });
}

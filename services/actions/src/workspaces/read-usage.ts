import { countWatched } from "@alivemcp/db/queries/endpoints";
import { countOpenInvitations } from "@alivemcp/db/queries/invitations";
import { countMembers } from "@alivemcp/db/queries/members";
import { listWatchedUses } from "@alivemcp/db/queries/plan-fit";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** What counts against the plan now, as the verbs that add something count it. */
export interface PlanUsage {
  readonly endpoints: number;
  readonly privateEndpoints: number;
  /** Open invitations included. */
  readonly members: number;
  /** Kept beyond the plan, and not probed. */
  readonly pausedByPlan: number;
}

export function readUsage(deps: Pick<ActionDeps, "pool" | "clock">, caller: Caller): Promise<PlanUsage> {
  const { scope } = caller;
  return read(deps, caller, "workspace.read", async (tx) => {
    const watched = await countWatched(scope, tx);
    const invited = await countOpenInvitations(scope, tx, new Date(deps.clock.nowMs()));
    const uses = await listWatchedUses(scope, tx);
    return {
      ...watched,
      members: (await countMembers(scope, tx)) + invited,
      pausedByPlan: uses.filter(({ paused }) => paused === "plan").length,
    };
  });
}

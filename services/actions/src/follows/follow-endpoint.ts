import { AppError } from "@alivemcp/core/app-error";
import { countWatched } from "@alivemcp/db/queries/endpoints";
import {
  type BoardEndpoint,
  deleteFollow,
  findFollowedCadenceS,
  upsertFollow,
} from "@alivemcp/db/queries/follows";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { getBoardEndpointIn } from "./get-board-endpoint.ts";

const CADENCE_S_DEFAULT = 60;

/**
 * Watches an endpoint of the board along: same probes, at the shortest cadence that owner and followers ask for.
 * Following again changes the cadence. Throws `not_found` when it is not on the board, `conflict` when it is the
 * workspace's own, `limit_reached` when the plan has no room or probes less often.
 */
export function followEndpoint(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly slug: string; readonly cadenceS?: number | undefined },
): Promise<BoardEndpoint> {
  return change(deps, caller, "endpoint.follow", async (tx, { plan }) => {
    const endpoint = await getBoardEndpointIn(caller.scope, tx, input.slug);
    if (endpoint.isOwn) {
      throw new AppError({
        code: "conflict",
        internal: "own endpoint",
        public: "This endpoint is your own; there is no need to follow it.",
      });
    }
    const followedCadenceS = await findFollowedCadenceS(caller.scope, tx, endpoint.id);
    if (input.cadenceS !== undefined && !isCadence(input.cadenceS)) {
      throw new AppError({
        code: "invalid",
        internal: "cadence does not divide a day",
        public:
          "The cadence is 30 to 86400 seconds and must divide a day, for example 60, 300 or 900 seconds.",
        field: "cadence_s",
      });
    }
    const cadenceS = input.cadenceS ?? followedCadenceS ?? Math.max(CADENCE_S_DEFAULT, plan.cadenceSMin);
    if (cadenceS === followedCadenceS) {
      return { result: endpoint, audit: null };
    }
    if (followedCadenceS === null) {
      const { endpoints } = await countWatched(caller.scope, tx);
      requirePlanLimit(plan, "endpointsMax", { wanted: endpoints + 1 });
    }
    requirePlanLimit(plan, "cadenceSMin", { wanted: cadenceS, field: "cadence_s" });
    await upsertFollow(caller.scope, tx, { endpointId: endpoint.id, cadenceS });
    return {
      result: endpoint,
      audit: {
        targetKind: "endpoint",
        targetId: endpoint.id,
        content: { is_followed: true, cadence_s: cadenceS },
      },
    };
  });
}

/** As the column's check has it. */
const isCadence = (cadenceS: number) => cadenceS >= 30 && cadenceS <= 86_400 && 86_400 % cadenceS === 0;

/** Ends it. Not following is no error; throws `not_found` when there is no such endpoint on the board. */
export function unfollowEndpoint(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slug: string,
): Promise<BoardEndpoint> {
  return change(deps, caller, "endpoint.follow", async (tx) => {
    const endpoint = await getBoardEndpointIn(caller.scope, tx, slug);
    const wasFollowed = await deleteFollow(caller.scope, tx, endpoint.id);
    const audit = { targetKind: "endpoint", targetId: endpoint.id, content: { is_followed: false } };
    return { result: endpoint, audit: wasFollowed ? audit : null };
  });
}

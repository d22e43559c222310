import { AppError } from "@alivemcp/core/app-error";
import { countWatched, type EndpointRow, updateEndpoint } from "@alivemcp/db/queries/endpoints";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { getEndpointIn } from "./get-endpoint.ts";
import { requestProbeNow } from "./request-probe.ts";

/** Stops probing an endpoint until it is resumed. One that is paused already stays as it is. */
export function pauseEndpoint(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  slugOrId: string,
): Promise<EndpointRow> {
  return change(deps, caller, "endpoint.pause", async (tx) => {
    const before = await getEndpointIn(caller.scope, tx, slugOrId);
    if (before.pausedAt !== null) {
      return { result: before, audit: null };
    }
    const paused = { pausedAt: new Date(deps.clock.nowMs()), pausedReason: "owner" } as const;
    const endpoint = await updateEndpoint(caller.scope, tx, before.id, paused);
    return {
      result: endpoint ?? before,
      audit: { targetKind: "endpoint", targetId: before.id, content: { is_paused: true } },
    };
  });
}

/**
 * Probes a paused endpoint again, the first time at once. Throws `limit_reached` when the plan has no room for it any
 * more, `forbidden` when an operator paused it.
 */
export async function resumeEndpoint(
  deps: ActionDeps,
  caller: Caller,
  slugOrId: string,
): Promise<{ endpoint: EndpointRow; isProbeRequested: boolean }> {
  const { endpoint, wasPaused } = await change(deps, caller, "endpoint.pause", async (tx, { plan }) => {
    const before = await getEndpointIn(caller.scope, tx, slugOrId);
    if (before.pausedAt === null) {
      return { result: { endpoint: before, wasPaused: false }, audit: null };
    }
    if (before.pausedReason === "operator" && caller.actor.kind !== "operator") {
      throw new AppError({
        code: "forbidden",
        internal: "paused by an operator",
        public: "The operators of AliveMCP paused this endpoint. Write to them to have it probed again.",
      });
    }
    const others = await countWatched(caller.scope, tx, before.id);
    requirePlanLimit(plan, "endpointsMax", { wanted: others.endpoints + 1 });
    if (before.visibility === "private") {
      requirePlanLimit(plan, "privateEndpointsMax", { wanted: others.privateEndpoints + 1 });
    }
    const resumed = await updateEndpoint(caller.scope, tx, before.id, { pausedAt: null, pausedReason: null });
    return {
      result: { endpoint: resumed ?? before, wasPaused: true },
      audit: { targetKind: "endpoint", targetId: before.id, content: { is_paused: false } },
    };
  });
  return {
    endpoint,
    isProbeRequested: wasPaused && (await requestProbeNow(deps, caller.scope, endpoint.id)),
  };
}

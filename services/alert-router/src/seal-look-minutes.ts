import { sealIfComplete } from "@alivemcp/runtime/verdict-store";
import type { DecidedEndpoint } from "./decided-endpoint.ts";
import type { Deps } from "./deps.ts";

/** Seals the minutes of looks that are over, where nothing else is awaited; the others seal by themselves in time. */
export async function sealLookMinutes(
  deps: Pick<Deps, "redis" | "clock">,
  decided: readonly Pick<DecidedEndpoint, "plan" | "actions">[],
): Promise<void> {
  const nowMs = deps.clock.nowMs();
  await Promise.all(
    decided.flatMap(({ plan, actions }) =>
      actions
        .filter((action) => action.kind === "seal-minute")
        .map(({ minute }) => sealIfComplete(deps.redis, { endpointId: plan.id, minute }, nowMs)),
    ),
  );
}

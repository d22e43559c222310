import { AppError } from "@alivemcp/core/app-error";
import { countSimulatedSince, insertSimulatedIncident } from "@alivemcp/db/queries/incidents";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { findWatched } from "../watched/find-watched.ts";

const PER_HOUR_MAX = 5;
const HOUR_MS = 3_600_000;

/** The incident is the tenant's own within seconds, and is found under this id from then on. */
export interface SimulatedOutage {
  readonly incidentId: string;
  readonly endpointId: string;
}

/**
 * Drives the whole path once with an incident that is marked as a test everywhere, is seen by this workspace only and
 * is over after a minute. Throws `conflict` while one of this endpoint is on, `rate_limited` after 5 in an hour.
 */
export function simulateOutage(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  slugOrId: string,
): Promise<SimulatedOutage> {
  return change(deps, caller, "alert.simulate", async (tx) => {
    const { id: endpointId } = await findWatched(caller, tx, slugOrId);
    const nowMs = deps.clock.nowMs();
    if ((await countSimulatedSince(caller.scope, tx, new Date(nowMs - HOUR_MS))) >= PER_HOUR_MAX) {
      throw new AppError({
        code: "rate_limited",
        internal: "simulations of the hour are spent",
        public: `A workspace may simulate ${PER_HOUR_MAX} outages an hour.`,
        retryAfterS: HOUR_MS / 1_000,
      });
    }
    const incidentId = await insertSimulatedIncident(caller.scope, tx, { endpointId, at: new Date(nowMs) });
    if (incidentId === null) {
      throw new AppError({
        code: "conflict",
        internal: "simulation is on",
        public: "An outage of this endpoint is being simulated already; it takes a minute.",
      });
    }
    return {
      result: { incidentId, endpointId },
      audit: { targetKind: "endpoint", targetId: endpointId, content: { incident_id: incidentId } },
    };
  });
}

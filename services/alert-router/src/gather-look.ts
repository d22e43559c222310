import type { EndpointAction } from "@alivemcp/core/endpoint-state-decision";
import type { GatheredEvent } from "@alivemcp/core/endpoint-state-event";
import { COMMITTED_FIELDS, type Confirming, formatConfirming } from "@alivemcp/core/now-fields";
import { nowKey } from "@alivemcp/core/pipeline";
import { findVerdictMinute } from "@alivemcp/runtime/verdict-store";
import type { Deps } from "./deps.ts";
import { within } from "./within.ts";

const QUEUE_TIMEOUT_MS = 5_000;
const UNFINISHED = new Set(["active", "waiting", "delayed", "prioritized", "waiting-children"]);

/**
 * Reads what Redis knows of a confirmation that was just opened: results of the minute so far, and the regions where
 * the same slot is still being probed.
 *
 * No result falls through: `confirming` is set first, so a later report is told to us; a job finished before we ask has
 * reported before, so the hash, read last, holds its vote.
 */
export async function gatherLook(
  deps: Pick<Deps, "redis" | "queues">,
  input: {
    readonly endpointId: string;
    readonly confirming: Confirming;
    readonly gather: Extract<EndpointAction, { kind: "gather" }>;
    readonly regions: readonly string[];
  },
): Promise<GatheredEvent> {
  const { endpointId, gather, regions } = input;
  await deps.redis.hset(nowKey(endpointId), COMMITTED_FIELDS.confirming, formatConfirming(input.confirming));
  const states = await within(
    QUEUE_TIMEOUT_MS,
    "asking the queues for a slot's jobs",
    Promise.all(
      regions.map(async (region) => ({
        region,
        state: await deps.queues.get(region)?.getJobState(gather.jobId),
      })),
    ),
  );
  const minute = await findVerdictMinute(deps.redis, { endpointId, minute: gather.minute });
  return {
    kind: "gathered",
    votes: minute?.votes ?? {},
    inFlightRegions: states.filter(({ state }) => UNFINISHED.has(state ?? "")).map(({ region }) => region),
  };
}

import { disagreeingRegions } from "@alivemcp/core/confirmation";
import type { FailureReason } from "@alivemcp/core/states";
import type { DecidedEndpoint } from "./decided-endpoint.ts";

/** Trouble that regions saw and a second look did not confirm. */
export interface Blip {
  readonly endpointId: string;
  /** First failing probe; with the endpoint it names the blip. */
  readonly startedAtMs: number;
  readonly failureReason: FailureReason | null;
  /** Regions that saw it, sorted. */
  readonly regions: readonly string[];
}

/** Blips among decided events: nobody is paged for them, but "why was I not paged" has an answer. */
export function blipsOf({ plan, before, steps }: DecidedEndpoint): readonly Blip[] {
  let open = before.confirmation;
  const blips: Blip[] = [];
  for (const { decision } of steps) {
    if (open?.target === "down" && decision.reason === "not-confirmed") {
      const votes = [open.look1, open.look2].flatMap(({ votes: ofLook }) => Object.entries(ofLook));
      const bad = votes.filter(([, vote]) => vote.side === "down");
      const regions = [
        ...new Set([open.openedByRegion, ...bad.map(([region]) => region), ...disagreeingRegions(open)]),
      ];
      const failureReason = bad.map(([, vote]) => vote.reason).find((reason) => reason !== null) ?? null;
      blips.push({ endpointId: plan.id, startedAtMs: open.startMs, failureReason, regions: regions.sort() });
    }
    open = decision.next.confirmation;
  }
  return blips;
}

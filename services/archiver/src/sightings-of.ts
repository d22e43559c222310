import type { RegionSighting } from "@alivemcp/core/advance-tool-lists";
import type { Vote } from "@alivemcp/core/packed-vote";
import type { ProbeFinding } from "@alivemcp/core/pipeline";
import type { ArchivableMinute } from "./fold-entries.ts";

/**
 * What the probes of a batch saw of tool lists, by endpoint, oldest first. Only endpoints of which some list was seen that
 * the job did not know, or of which one is still pending: the others serve what they served.
 */
export function sightingsOf(
  minutes: readonly ArchivableMinute[],
  pendingEndpoints: ReadonlySet<string>,
): ReadonlyMap<string, readonly RegionSighting[]> {
  const interesting = new Set(
    minutes
      .filter(
        ({ endpointId, votes }) => pendingEndpoints.has(endpointId) || Object.values(votes).some(isOfNewList),
      )
      .map(({ endpointId }) => endpointId),
  );
  const sightings = new Map<string, RegionSighting[]>();
  for (const { endpointId, votes, findings } of minutes) {
    if (!interesting.has(endpointId)) {
      continue;
    }
    const its = sightings.get(endpointId) ?? [];
    for (const [region, vote] of Object.entries(votes)) {
      its.push(...sightingOf(region, vote, findings[region] ?? null));
    }
    sightings.set(endpointId, its);
  }
  for (const its of sightings.values()) {
    its.sort((a, b) => a.observedAtMs - b.observedAtMs);
  }
  return sightings;
}

const isOfNewList = (vote: Vote) => vote.changedFullHash !== null;

function sightingOf(region: string, vote: Vote, finding: ProbeFinding | null): readonly RegionSighting[] {
  const { observedAtMs } = vote;
  // A finding that was superseded within its minute belongs to another vote.
  const own = finding?.observedAtMs === observedAtMs ? finding : null;
  const era = own?.era ?? null;
  if (own?.fullHash && own.contractHash) {
    return [{ region, observedAtMs, era, list: { fullHash: own.fullHash, contractHash: own.contractHash } }];
  }
  const isListSeen = own === null && vote.state === "up" && vote.changedFullHash === null;
  return isListSeen ? [{ region, observedAtMs, era, list: null }] : [];
}

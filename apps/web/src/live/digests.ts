/** What of a page is news: two pages with the same digest say the same, but for how long ago something was. */
import { createHash } from "node:crypto";
import type { RegionReading } from "@alivemcp/actions/watched/region-readings";
import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";

/** States, not instants: a probe that found nothing new is no news among hundreds. */
export function overviewDigest(readings: readonly WatchedReading[]): string {
  return hash(readings.map(stateOf));
}

/** Every probe of any region is news on the page of one endpoint. */
export function endpointDigest(reading: WatchedReading, regions: readonly RegionReading[]): string {
  return hash([
    stateOf(reading),
    reading.latest?.atMs,
    regions.map(({ id, isWatching, vote }) => [id, isWatching, vote?.observedAtMs]),
  ]);
}

function stateOf({ endpoint, status, isConfirming }: WatchedReading): unknown {
  return [
    endpoint.id,
    endpoint.name,
    endpoint.pausedAtMs,
    endpoint.openDrift,
    status.state,
    status.reason,
    status.isStale,
    status.isFlapping,
    status.isAuthRequired,
    isConfirming,
  ];
}

const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 16);

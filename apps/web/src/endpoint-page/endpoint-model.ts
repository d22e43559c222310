import type { LatencyBaseline } from "@alivemcp/actions/watched/latency-baseline";
import type { EndpointDetails } from "@alivemcp/actions/watched/read-endpoint";
import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import type { PublicMeasured } from "@alivemcp/core/public-fields";
import { toPublicServer } from "@alivemcp/core/public-fields";
import type { RegionCell } from "@alivemcp/pages/region-cell";
import { type DayBar, toDayBars } from "@alivemcp/pages/to-day-bars";
import { type DriftEntry, toDriftEntry } from "@alivemcp/pages/to-drift-entry";
import { type LatencyBucket, toLatencyBuckets } from "@alivemcp/pages/to-latency-buckets";
import { type TransitionEntry, toTransitionEntry } from "@alivemcp/pages/to-transition-entry";
import { type EvidenceEntry, toEvidenceEntry } from "./to-evidence-entry.ts";
import { toRegionCells } from "./to-region-cells.ts";

/** Everything the status page of an endpoint shows to who watches it. */
export interface EndpointModel {
  readonly reading: WatchedReading;
  readonly regions: readonly RegionCell[];
  readonly measured: PublicMeasured | null;
  readonly days: readonly DayBar[];
  readonly latency: readonly LatencyBucket[];
  readonly baseline: LatencyBaseline | null;
  readonly driftEvents: readonly DriftEntry[];
  readonly transitions: readonly TransitionEntry[];
  readonly evidence: readonly EvidenceEntry[];
  readonly nowMs: number;
}

const DAYS_SHOWN = 90;

export function toEndpointModel(
  details: EndpointDetails,
  options: { cityOf(region: string): string; readonly nowMs: number },
): EndpointModel {
  const { reading, history } = details;
  const { endpoint } = reading;
  const { cityOf, nowMs } = options;
  const regions = toRegionCells(details.regions, { isOwner: !endpoint.isFollowed, cityOf });
  return {
    reading,
    regions,
    measured: newestMeasured(regions) ?? archivedMeasured(endpoint.measured),
    days: toDayBars(history.days, DAYS_SHOWN, endpoint.firstWatchedAtMs, nowMs),
    latency: toLatencyBuckets(history.minutes, history.outages, nowMs),
    baseline: history.baseline,
    driftEvents: history.driftEvents.map((event) =>
      toDriftEntry(
        {
          ...event,
          isAccepted: event.acceptedAtMs !== null,
          isAnnounced: event.releaseWindowId !== null,
        },
        cityOf,
      ),
    ),
    transitions: history.transitions.map((transition) => toTransitionEntry(transition, cityOf)),
    evidence: endpoint.isFollowed ? [] : history.evidence.map((row) => toEvidenceEntry(row, cityOf)),
    nowMs,
  };
}

/** Of the newest probe that completed a handshake. */
function newestMeasured(regions: readonly RegionCell[]): PublicMeasured | null {
  const [newest] = regions
    .flatMap(({ finding }) => (finding?.measured.era ? [finding] : []))
    .toSorted((a, b) => b.observedAtMs - a.observedAtMs);
  return newest?.measured ?? null;
}

function archivedMeasured(measured: WatchedReading["endpoint"]["measured"]): PublicMeasured | null {
  if (measured === null) {
    return null;
  }
  const { era, transport, protocolVersion, serverName, serverVersion, toolsCount } = measured;
  const server = serverName === null ? null : { name: serverName, version: serverVersion ?? "" };
  return { era, transport, protocolVersion, server: toPublicServer(server), toolsCount };
}

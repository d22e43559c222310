/** Everything one status page shows, gathered by `readStatusPage` and drawn by the views beside this file. */
import type { PublicMeasured } from "@alivemcp/core/public-fields";
import type { PublicIncident } from "@alivemcp/core/public-incident";
import type { PublicMaintenance } from "@alivemcp/core/public-maintenance";
import type { RegionCell } from "@alivemcp/pages/region-cell";
import type { DayBar } from "@alivemcp/pages/to-day-bars";
import type { DriftEntry } from "@alivemcp/pages/to-drift-entry";
import type { LatencyBucket } from "@alivemcp/pages/to-latency-buckets";
import type { TransitionEntry } from "@alivemcp/pages/to-transition-entry";
import type { EndpointReading } from "../endpoint-reading.ts";

export interface StatusModel {
  readonly reading: EndpointReading;
  readonly regions: readonly RegionCell[];
  /** What the archive remembers of it, or the newest probe found; null before any handshake. */
  readonly measured: PublicMeasured | null;
  /** Newest last; always 90, days before the first watched one have `kind: "before"`. */
  readonly days: readonly DayBar[];
  /** The last 24 hours in equal buckets, oldest first. */
  readonly latency: readonly LatencyBucket[];
  readonly driftEvents: readonly DriftEntry[];
  readonly transitions: readonly TransitionEntry[];
  /** Open, or resolved within 90 days; newest first. */
  readonly incidents: readonly PublicIncident[];
  /** Under way or announced for the next days. */
  readonly maintenances: readonly PublicMaintenance[];
  /** True while Postgres is away: days, chart and histories are missing, not empty. */
  readonly isArchiveAway: boolean;
  readonly nowMs: number;
}

import type { PublicFinding } from "@alivemcp/core/public-fields";
import type { RegionVote } from "@alivemcp/core/region-reading";

/** One region's newest word on the endpoint. */
export interface RegionCell {
  readonly id: string;
  readonly city: string;
  /** False while no worker of the region is alive or its own connectivity check fails. */
  readonly isWatching: boolean;
  readonly vote: RegionVote | null;
  readonly finding: PublicFinding | null;
}

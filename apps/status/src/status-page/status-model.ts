/** Everything one status page shows, gathered by `readStatusPage` and drawn by the views beside this file. */
import type { DriftClass, DriftKind } from "@alivemcp/core/drift-change";
import type { PublicFinding, PublicMeasured } from "@alivemcp/core/public-fields";
import type { FailureReason, ProbeState } from "@alivemcp/core/states";
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
  /** True while Postgres is away: days, chart and histories are missing, not empty. */
  readonly isArchiveAway: boolean;
  readonly nowMs: number;
}

/** One region's newest word on the endpoint. */
export interface RegionCell {
  readonly id: string;
  readonly city: string;
  /** False while no worker of the region is alive or its own connectivity check fails. */
  readonly isWatching: boolean;
  readonly vote: {
    readonly state: ProbeState;
    readonly reason: FailureReason | null;
    readonly latencyMs: number | null;
    readonly observedAtMs: number;
  } | null;
  readonly finding: PublicFinding | null;
}

export type DayBar =
  | { readonly kind: "before"; readonly dayAtMs: number }
  | { readonly kind: "unmeasured"; readonly dayAtMs: number }
  | {
      readonly kind: "measured";
      readonly dayAtMs: number;
      readonly uptimeRatio: number;
      /** Minutes that count: all but unknown and maintenance. */
      readonly countedMinutes: number;
      readonly downMinutes: number;
      readonly degradedMinutes: number;
      readonly unknownMinutes: number;
    };

export interface LatencyBucket {
  readonly fromMs: number;
  /** Median and slowest of the bucket's verdict-minutes; null when none measured one. */
  readonly medianMs: number | null;
  readonly slowestMs: number | null;
  readonly isDown: boolean;
}

export interface DriftEntry {
  readonly atMs: number;
  readonly kind: "drift" | "inconsistent_replicas" | "inconsistent_regions" | "tool_list_emptied";
  readonly regionCity: string | null;
  readonly isBreaking: boolean;
  readonly isSuspicious: boolean;
  readonly isAccepted: boolean;
  readonly changes: readonly {
    readonly kind: DriftKind;
    readonly class: DriftClass;
    readonly tool: string;
    readonly path: string;
  }[];
  /** Changes beyond those listed. */
  readonly moreChanges: number;
}

export interface TransitionEntry {
  /** When the new state began: of an outage, its first failing probe. */
  readonly atMs: number;
  readonly change: string;
  readonly isOutage: boolean;
  /** Why, in words. */
  readonly why: string;
}

/** One endpoint as the pages know it at one instant: what does not change, and the newest of what does. */
import type { EndpointWindows } from "@alivemcp/core/endpoint-windows";
import type { PublicEndpoint } from "@alivemcp/core/public-fields";
import type { PublicStatus } from "@alivemcp/core/public-status";
import type { FailureReason, ProbeState } from "@alivemcp/core/states";

export interface EndpointReading {
  readonly endpoint: PublicEndpoint;
  /** In lower case, for the board. */
  readonly sortName: string;
  readonly searchText: string;
  readonly status: PublicStatus;
  readonly committedSinceMs: number | null;
  /** The newest minute, unconfirmed; null when Redis has none. */
  readonly latest: {
    readonly state: ProbeState;
    readonly reason: FailureReason | null;
    readonly minuteAtMs: number;
    readonly latencyMs: number | null;
  } | null;
  /** True while a confirmation is open: the regions are looking again. */
  readonly isConfirming: boolean;
  readonly lastProbeAtMs: number | null;
  /** When the tools last changed; null = never, or not within the 24 hours that the catalogue looks back. */
  readonly lastDriftAtMs: number | null;
  readonly windows: EndpointWindows;
}

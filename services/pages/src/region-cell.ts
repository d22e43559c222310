import { unpackVote } from "@alivemcp/core/packed-vote";
import { probeFindingSchema } from "@alivemcp/core/pipeline";
import { type PublicFinding, toPublicFinding } from "@alivemcp/core/public-fields";
import type { FailureReason, ProbeState } from "@alivemcp/core/states";

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

/** A vote that cannot be read (another release wrote it) is no vote: pages go on. */
export function readVote(packed: string | null): RegionCell["vote"] {
  try {
    if (packed === null) {
      return null;
    }
    const { state, reason, latencyMs, observedAtMs } = unpackVote(packed);
    return { state, reason, latencyMs, observedAtMs };
  } catch {
    return null;
  }
}

/** Likewise of a finding, cut down to what the public may see. */
export function readFinding(json: string | null): PublicFinding | null {
  try {
    const parsed = json === null ? null : probeFindingSchema.safeParse(JSON.parse(json));
    return parsed?.success ? toPublicFinding(parsed.data) : null;
  } catch {
    return null;
  }
}

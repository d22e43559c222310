import { unpackVote } from "./packed-vote.ts";
import { type ProbeFinding, probeFindingSchema } from "./pipeline.ts";
import type { FailureReason, ProbeState } from "./states.ts";

/** A region's newest word on an endpoint, as the hash `now:{…}` keeps it. */
export interface RegionVote {
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly latencyMs: number | null;
  readonly observedAtMs: number;
}

/** A vote that cannot be read (another release wrote it) is no vote: pages go on. */
export function readRegionVote(packed: string | null): RegionVote | null {
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

/** Likewise of a finding. It holds what only its owner may see. */
export function readRegionFinding(json: string | null): ProbeFinding | null {
  try {
    const parsed = json === null ? null : probeFindingSchema.safeParse(JSON.parse(json));
    return parsed?.success ? parsed.data : null;
  } catch {
    return null;
  }
}

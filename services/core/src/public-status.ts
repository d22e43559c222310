/**
 * What the public is told about an endpoint: the four public states, and whether the news is still news. Badge,
 * board, page and JSON all ask `judgePublicStatus`, so they cannot disagree.
 */
import type { CommittedState, FailureReason, ProbeState, PublicState } from "./states.ts";
import { unreachable } from "./unreachable.ts";

export const ENDPOINT_FLAGS = ["degraded", "auth_walled", "flapping"] as const;
export type EndpointFlag = (typeof ENDPOINT_FLAGS)[number];

/** The two views of an endpoint kept apart: what was confirmed, and what the latest minute said. */
export interface StatusEvidence {
  readonly committed: {
    readonly state: CommittedState;
    readonly reason: FailureReason | null;
    readonly flags: readonly EndpointFlag[];
  } | null;
  readonly raw: { readonly state: ProbeState; readonly reason: FailureReason | null } | null;
  /** When the newest region result was observed; null = never probed, or not at hand. */
  readonly lastProbeAtMs: number | null;
  /** The cadence the endpoint really gets, stretched or not. */
  readonly cadenceMs: number;
}

/** `committed`: confirmed by looks. `latest-minute`: nothing is confirmed yet. `never-probed`, `too-old`: we do not know. */
export type StatusBasis = "committed" | "latest-minute" | "never-probed" | "too-old";

export interface PublicStatus {
  readonly state: PublicState;
  readonly isAuthRequired: boolean;
  readonly isFlapping: boolean;
  /** True when the state is the last one we knew, not the present one: probing has paused or our regions see nothing. */
  readonly isStale: boolean;
  readonly reason: FailureReason | null;
  readonly basis: StatusBasis;
}

/** Slack over two missed slots: a probe takes up to 30 s and its minute is sealed 45 s after its last slot. */
const STALE_SLACK_MS = 90_000;
/** After this long without a probe the last state is no longer worth repeating: the public is told `unknown`. */
const EXPIRED_AFTER_MS = 60 * 60_000;

/** How long after its last probe an endpoint of this cadence is called stale: two missed slots and the time to seal. */
export function staleAfterMs(cadenceMs: number): number {
  return 2 * cadenceMs + STALE_SLACK_MS;
}

/**
 * Says what to show for one endpoint at `nowMs` (epoch milliseconds).
 *
 * The committed state wins with its flags; while it is `unknown` or missing, the latest minute speaks. News older than
 * `staleAfterMs` is marked stale and, an hour after that, is `unknown`. A latest minute of `unknown` means that our
 * own regions measured nothing, so what was committed before it is stale at once; so is an archived state whose latest
 * probe is not at hand (Redis is away).
 */
export function judgePublicStatus(evidence: StatusEvidence, nowMs: number): PublicStatus {
  const known = knownStatus(evidence);
  if (known === null) {
    return { ...UNKNOWN, basis: "never-probed" };
  }
  if (evidence.lastProbeAtMs === null) {
    return { ...known, isStale: true };
  }
  const ageMs = nowMs - evidence.lastProbeAtMs;
  const limitMs = staleAfterMs(evidence.cadenceMs);
  if (ageMs > limitMs + EXPIRED_AFTER_MS) {
    return { ...UNKNOWN, isStale: true, basis: "too-old" };
  }
  const isBlind = evidence.raw?.state === "unknown" && known.state !== "unknown";
  return { ...known, isStale: ageMs > limitMs || isBlind };
}

const UNKNOWN = {
  state: "unknown",
  isAuthRequired: false,
  isFlapping: false,
  isStale: false,
  reason: null,
} as const;

function knownStatus({ committed, raw }: StatusEvidence): PublicStatus | null {
  if (committed !== null && committed.state !== "unknown") {
    return committedStatus(committed);
  }
  if (raw === null) {
    return null;
  }
  const { state, isAuthRequired } = publicStateOf(raw.state, raw.reason);
  return { ...UNKNOWN, state, isAuthRequired, reason: raw.reason, basis: "latest-minute" };
}

function committedStatus(committed: NonNullable<StatusEvidence["committed"]>): PublicStatus {
  const isFlapping = committed.flags.includes("flapping");
  const common = { ...UNKNOWN, isFlapping, reason: committed.reason, basis: "committed" } as const;
  if (committed.state === "down") {
    return { ...common, state: "down" };
  }
  const walled = committed.flags.includes("auth_walled");
  const degraded = committed.flags.includes("degraded");
  const { state, isAuthRequired } = publicStateOf(walled ? "auth_walled" : "up", committed.reason);
  return { ...common, state: degraded ? "degraded" : state, isAuthRequired };
}

/** The public word for one probe state; a login wall is live, unless its challenge is broken. */
export function publicStateOf(
  state: ProbeState,
  reason: FailureReason | null,
): { state: PublicState; isAuthRequired: boolean } {
  switch (state) {
    case "up":
      return { state: "live", isAuthRequired: false };
    case "auth_walled":
      return { state: reason === "auth_challenge_malformed" ? "degraded" : "live", isAuthRequired: true };
    case "degraded":
      return { state: "degraded", isAuthRequired: false };
    case "down":
      return { state: "down", isAuthRequired: false };
    case "unknown":
      return { state: "unknown", isAuthRequired: false };
    default:
      return unreachable(state);
  }
}

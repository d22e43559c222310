import type { WatchedReading } from "@alivemcp/actions/watched/watched-reading";
import type { FailureReason } from "@alivemcp/core/states";

export type TroubleKind =
  | "down"
  | "degraded"
  | "confirming"
  | "unmeasured"
  | "breaking-drift"
  | "suspicious-drift"
  | "certificate";

/** One thing about an endpoint that its owner should look at. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly reason: FailureReason | null;
  /** Since when, or (certificate) when it ends; null when that is not known. */
  readonly atMs: number | null;
}

const DAY_MS = 86_400_000;
/** The second of the warnings before a certificate expires: half of what ACME clients renew ahead. */
const CERTIFICATE_WARNED_MS = 14 * DAY_MS;
/** A new endpoint has its first result within this time. */
const NEW_FOR_MS = 5 * 60_000;

/** What is wrong with an endpoint, the worst first; empty when all is well. A paused one is left alone. */
export function troublesOf(reading: WatchedReading, nowMs: number): Trouble[] {
  if (reading.endpoint.pausedAtMs !== null) {
    return [];
  }
  return [...stateTrouble(reading, nowMs), ...otherTroubles(reading, nowMs)];
}

function stateTrouble(
  { endpoint, status, committedSinceMs, latest, isConfirming }: WatchedReading,
  nowMs: number,
): Trouble[] {
  const sinceMs = status.basis === "committed" ? committedSinceMs : null;
  switch (status.state) {
    case "down":
      return [
        { kind: status.basis === "committed" ? "down" : "confirming", reason: status.reason, atMs: sinceMs },
      ];
    case "degraded":
      return [{ kind: "degraded", reason: status.reason, atMs: null }];
    case "unknown":
      return nowMs - endpoint.createdAtMs < NEW_FOR_MS
        ? []
        : [{ kind: "unmeasured", reason: null, atMs: latest?.atMs ?? null }];
    case "live":
      if (isConfirming) {
        return [{ kind: "confirming", reason: latest?.reason ?? null, atMs: latest?.atMs ?? null }];
      }
      return status.isStale ? [{ kind: "unmeasured", reason: null, atMs: latest?.atMs ?? null }] : [];
  }
}

function otherTroubles({ endpoint, windows }: WatchedReading, nowMs: number): Trouble[] {
  const troubles: Trouble[] = [];
  const { openDrift, tlsExpiresAtMs, isFollowed } = endpoint;
  if (openDrift.isSuspicious) {
    troubles.push({ kind: "suspicious-drift", reason: null, atMs: windows.lastDriftAtMs });
  } else if (openDrift.isBreaking) {
    troubles.push({ kind: "breaking-drift", reason: null, atMs: windows.lastDriftAtMs });
  }
  if (!isFollowed && tlsExpiresAtMs !== null && tlsExpiresAtMs - nowMs < CERTIFICATE_WARNED_MS) {
    troubles.push({ kind: "certificate", reason: null, atMs: tlsExpiresAtMs });
  }
  return troubles;
}

const ORDER: readonly TroubleKind[] = [
  "down",
  "confirming",
  "degraded",
  "suspicious-drift",
  "breaking-drift",
  "certificate",
  "unmeasured",
];

/** How bad, from 0; what has no trouble comes after everything. */
export function troubleRank(troubles: readonly Trouble[]): number {
  return Math.min(ORDER.length, ...troubles.map(({ kind }) => ORDER.indexOf(kind)));
}

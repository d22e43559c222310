/**
 * When a tool list that looks different is a drift. One odd answer is a replica, a deployment in progress, a hiccup; the
 * same new list twice in a row from the same region is a change.
 */

import { invariant } from "./invariant.ts";
import { hashToolList } from "./tool-list.ts";

export interface ToolListHashes {
  readonly contractHash: string;
  readonly fullHash: string;
}

/** What one region is believed to serve, and what it was seen to serve since, not often enough yet. */
export interface RegionToolList {
  readonly believed: ToolListHashes;
  /** Newest sighting that made or confirmed the belief. */
  readonly believedAtMs: number;
  readonly pending: (ToolListHashes & { readonly count: number; readonly sinceAtMs: number }) | null;
}

/**
 * What one probe of that region saw. `as-known`: the list its job carried as last known, of whatever name.
 */
export type ToolListSighting =
  | { readonly kind: "as-known"; readonly observedAtMs: number }
  | { readonly kind: "list"; readonly list: ToolListHashes; readonly observedAtMs: number };

/**
 * `unchanged`: as believed. `out-of-order`: older than what was already judged, or from a job that did not know the
 * belief yet. `pending`: different, once. `drift`: believe it now. `inconsistent-replicas`: back to the believed list
 * after one different answer. `emptied`: the region lists nothing twice in a row; the belief stays, for an empty list is
 * a broken server far more often than a decision.
 */
export type DriftReason =
  | "unchanged"
  | "out-of-order"
  | "pending"
  | "drift"
  | "inconsistent-replicas"
  | "emptied";

export interface DriftDecision {
  readonly next: RegionToolList;
  readonly reason: DriftReason;
}

/** Sightings of one new list in a row that make a drift. */
const SIGHTINGS_NEEDED = 2;
/** A job built before the belief changed says `as-known` of the list before; it is at most this old when it runs. */
const JOB_AGE_MS_MAX = 90_000;

/** Judges one sighting of a region. Sightings come in the order of `observedAtMs`; one that comes again changes nothing. */
export function decideDrift(state: RegionToolList, sighting: ToolListSighting): DriftDecision {
  const { believed, pending } = state;
  const { observedAtMs } = sighting;
  const judgedThroughMs = Math.max(state.believedAtMs, pending?.sinceAtMs ?? 0);
  if (observedAtMs <= judgedThroughMs) {
    return { next: state, reason: "out-of-order" };
  }
  if (sighting.kind === "list" && sighting.list.fullHash !== believed.fullHash) {
    return judgeDifferent(state, sighting.list, observedAtMs);
  }
  if (pending === null) {
    return { next: state, reason: "unchanged" };
  }
  if (sighting.kind === "as-known" && observedAtMs < state.believedAtMs + JOB_AGE_MS_MAX) {
    return { next: state, reason: "out-of-order" };
  }
  return {
    next: { believed, believedAtMs: observedAtMs, pending: null },
    reason: isEmptyToolList(pending) ? "unchanged" : "inconsistent-replicas",
  };
}

function judgeDifferent(state: RegionToolList, list: ToolListHashes, observedAtMs: number): DriftDecision {
  const { contractHash, fullHash } = list;
  const seen = state.pending?.fullHash === fullHash ? state.pending.count : 0;
  if (seen >= SIGHTINGS_NEEDED) {
    return { next: state, reason: "unchanged" };
  }
  const pending = { contractHash, fullHash, count: seen + 1, sinceAtMs: observedAtMs };
  if (pending.count < SIGHTINGS_NEEDED) {
    return { next: { ...state, pending }, reason: "pending" };
  }
  if (isEmptyToolList(list)) {
    return { next: { ...state, pending }, reason: "emptied" };
  }
  const believed = { contractHash, fullHash };
  return { next: { believed, believedAtMs: observedAtMs, pending: null }, reason: "drift" };
}

const EMPTY = hashToolList([]);

export function isEmptyToolList(list: Pick<ToolListHashes, "fullHash">): boolean {
  invariant(EMPTY.kind === "hashed", "the empty list is within every bound");
  return list.fullHash === EMPTY.fullHash;
}

/** Nobody accepts drift of an unclaimed endpoint, so time does. */
const STABLE_MS_NEEDED = 24 * 3_600_000;

/**
 * The list that becomes the new baseline of an unclaimed endpoint, or null: every region has believed the same list,
 * another than the baseline, for 24 h and has seen none other since.
 */
export function decideNewBaseline(
  endpoint: {
    readonly baseline: ToolListHashes;
    readonly regions: readonly string[];
    readonly believed: ReadonlyMap<string, RegionToolList>;
  },
  nowMs: number,
): ToolListHashes | null {
  const states = endpoint.regions.map((region) => endpoint.believed.get(region));
  const first = states[0]?.believed;
  const isStable = states.every(
    (state) =>
      state !== undefined &&
      state.pending === null &&
      state.believed.fullHash === first?.fullHash &&
      nowMs - state.believedAtMs >= STABLE_MS_NEEDED,
  );
  return first !== undefined && isStable && first.fullHash !== endpoint.baseline.fullHash ? first : null;
}

import {
  type DriftReason,
  decideDrift,
  isEmptyToolList,
  type RegionToolList,
  type ToolListHashes,
} from "./drift-debounce.ts";
import type { Era } from "./states.ts";

/** What is known of the tool lists of one endpoint. */
export interface KnownToolLists {
  /** Null before the first list. */
  readonly baseline: (ToolListHashes & { readonly era: Era | null; readonly atMs: number }) | null;
  /** A region without an entry serves the baseline. */
  readonly byRegion: ReadonlyMap<string, RegionToolList>;
}

/** What one probe saw. `list` null: the list its job carried as last known. */
export interface RegionSighting {
  readonly region: string;
  readonly observedAtMs: number;
  readonly list: ToolListHashes | null;
  readonly era: Era | null;
}

/** Something that an owner is told. */
export interface ToolListNews {
  readonly reason: Extract<DriftReason, "drift" | "inconsistent-replicas" | "emptied">;
  readonly region: string;
  readonly atMs: number;
  readonly from: ToolListHashes;
  readonly to: ToolListHashes;
  /** The endpoint speaks another era than the baseline's: some servers describe results differently there. */
  readonly isOtherEra: boolean;
}

export interface ToolListsStep {
  readonly next: KnownToolLists;
  /** Regions whose entry differs from the one before. */
  readonly changedRegions: readonly string[];
  readonly isBaselineNew: boolean;
  readonly news: readonly ToolListNews[];
}

/**
 * Takes sightings of one endpoint, ordered by `observedAtMs`, into what is known of it.
 *
 * The first list ever seen is the baseline. Afterwards each region is judged alone (`decideDrift`); a list that another
 * region is believed to serve already is no news when one more region follows. A list confirmed in another era is the
 * new baseline at once: hashes compare only within one era.
 */
export function advanceToolLists(known: KnownToolLists, sightings: readonly RegionSighting[]): ToolListsStep {
  const draft: Draft = {
    baseline: known.baseline,
    byRegion: new Map(known.byRegion),
    changedRegions: new Set(),
    news: [],
  };
  for (const sighting of sightings) {
    takeSighting(draft, sighting);
  }
  return {
    next: { baseline: draft.baseline, byRegion: draft.byRegion },
    changedRegions: [...draft.changedRegions],
    isBaselineNew: draft.baseline !== known.baseline,
    news: draft.news,
  };
}

interface Draft {
  baseline: KnownToolLists["baseline"];
  readonly byRegion: Map<string, RegionToolList>;
  readonly changedRegions: Set<string>;
  readonly news: ToolListNews[];
}

function takeSighting(draft: Draft, sighting: RegionSighting): void {
  const { region, observedAtMs, list, era } = sighting;
  const { baseline, byRegion } = draft;
  if (baseline === null) {
    draft.baseline = list === null ? null : { ...list, era, atMs: observedAtMs };
    return;
  }
  const stored = byRegion.get(region) ?? onBaseline(baseline);
  const state = acceptedMeanwhile(stored, baseline);
  const decision = decideDrift(
    state,
    list === null ? { kind: "as-known", observedAtMs } : { kind: "list", list, observedAtMs },
  );
  if (decision.next === stored) {
    return;
  }
  const isFollower = isBelievedElsewhere(byRegion, region, decision.next.believed);
  const isNewEra = isOtherEra(baseline.era, era);
  byRegion.set(region, decision.next);
  draft.changedRegions.add(region);
  const told = tellNews(decision.reason, { sighting, state, isOtherEra: isNewEra });
  if (told !== null && !(told.reason === "drift" && isFollower)) {
    draft.news.push(told);
  }
  if (decision.reason === "drift" && isNewEra) {
    draft.baseline = { ...decision.next.believed, era, atMs: observedAtMs };
  }
}

/**
 * A region was seen to serve what its owner accepted as the baseline afterwards: it is believed at once. So ends, too,
 * the wait of an empty list, which is never believed by itself.
 */
function acceptedMeanwhile(
  state: RegionToolList,
  baseline: ToolListHashes & { readonly atMs: number },
): RegionToolList {
  const { pending } = state;
  if (pending === null || pending.fullHash !== baseline.fullHash || pending.sinceAtMs > baseline.atMs) {
    return state;
  }
  const { contractHash, fullHash } = baseline;
  return { believed: { contractHash, fullHash }, believedAtMs: pending.sinceAtMs, pending: null };
}

function onBaseline(baseline: ToolListHashes & { readonly atMs: number }): RegionToolList {
  const { contractHash, fullHash, atMs } = baseline;
  return { believed: { contractHash, fullHash }, believedAtMs: atMs, pending: null };
}

function isBelievedElsewhere(
  byRegion: ReadonlyMap<string, RegionToolList>,
  region: string,
  list: ToolListHashes,
): boolean {
  return [...byRegion].some(
    ([other, state]) => other !== region && state.believed.fullHash === list.fullHash,
  );
}

function isOtherEra(before: Era | null, now: Era | null): boolean {
  return before !== null && now !== null && before !== now;
}

function tellNews(
  reason: DriftReason,
  facts: { sighting: RegionSighting; state: RegionToolList; isOtherEra: boolean },
): ToolListNews | null {
  const { sighting, state } = facts;
  const common = {
    region: sighting.region,
    atMs: sighting.observedAtMs,
    from: state.believed,
    isOtherEra: facts.isOtherEra,
  };
  const odd = reason === "inconsistent-replicas" ? state.pending : sighting.list;
  if (odd === null || (reason !== "drift" && reason !== "emptied" && reason !== "inconsistent-replicas")) {
    return null;
  }
  const { contractHash, fullHash } = odd;
  return { ...common, reason, to: { contractHash, fullHash } };
}

/** Whether the endpoint listed nothing when it was first seen: then an empty list is its normal state. */
export const isEmptyAtBaseline = (known: KnownToolLists) =>
  known.baseline !== null && isEmptyToolList(known.baseline);

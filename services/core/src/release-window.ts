/**
 * A release that an owner announced: drift inside its window is expected, and what is served at its end becomes the
 * baseline. Only what was first served inside the window: drift from before it is not excused by announcing another.
 */
import { isEmptyToolList, type RegionToolList, type ToolListHashes } from "./drift-debounce.ts";

export interface ReleaseWindow {
  readonly fromMs: number;
  /** At most 24 h after `fromMs`. */
  readonly untilMs: number;
}

export const RELEASE_WINDOW_MS_MAX = 24 * 3_600_000;
/** How far ahead a release may be announced. */
export const RELEASE_AHEAD_MS_MAX = 90 * 24 * 3_600_000;

const SETTLE_MS_MIN = 5 * 60_000;
/** How long after its end a release may take to reach every region before an owner has to look. */
const SPREAD_MS_MAX = 3_600_000;

/**
 * Until when drift belongs to the window: a list counts after two sightings, so one that went live in the last second
 * is seen up to two cadences later, and the archiver may lag.
 */
export function releaseClosesAtMs(window: ReleaseWindow, cadenceMs: number): number {
  return window.untilMs + Math.max(SETTLE_MS_MIN, 3 * cadenceMs);
}

/** Whether drift seen at that instant was announced by the window. */
export function isAnnouncedBy(window: ReleaseWindow, cadenceMs: number, atMs: number): boolean {
  return atMs >= window.fromMs && atMs < releaseClosesAtMs(window, cadenceMs);
}

export const RELEASE_SETTLED_REASONS = [
  "accepted",
  "nothing-changed",
  "not-announced",
  "regions-differ",
] as const;
export type ReleaseSettledReason = (typeof RELEASE_SETTLED_REASONS)[number];

/**
 * `wait`: not over yet, or still reaching the regions. `accept`: this list is the new baseline. `leave`: the baseline
 * stays; `not-announced` when every region serves a list that came before the window or after its end,
 * `regions-differ` when an hour was not enough for them to agree, or they list nothing.
 */
export type ReleaseDecision =
  | { readonly kind: "wait"; readonly reason: "not-over" | "spreading" }
  | { readonly kind: "accept"; readonly reason: "accepted"; readonly list: ToolListHashes }
  | { readonly kind: "leave"; readonly reason: Exclude<ReleaseSettledReason, "accepted"> };

export interface ReleaseFacts {
  readonly cadenceMs: number;
  /** Null before the first list. */
  readonly baseline: ToolListHashes | null;
  /** Regions that the endpoint is probed from. */
  readonly regions: readonly string[];
  /** A region without an entry serves the baseline. */
  readonly byRegion: ReadonlyMap<string, RegionToolList>;
  /** Full hashes that drift inside this window led to. */
  readonly announced: ReadonlySet<string>;
}

/** Decides how a release ends. Every region must be believed to serve one and the same list, with no other in sight. */
export function decideRelease(window: ReleaseWindow, facts: ReleaseFacts, nowMs: number): ReleaseDecision {
  const { baseline, regions, byRegion } = facts;
  const closesAtMs = releaseClosesAtMs(window, facts.cadenceMs);
  if (nowMs < closesAtMs) {
    return { kind: "wait", reason: "not-over" };
  }
  if (baseline === null) {
    return { kind: "leave", reason: "nothing-changed" };
  }
  const states = regions.map((region) => byRegion.get(region) ?? null);
  const served = states.map((state) => state?.believed ?? baseline);
  const [list = baseline] = served;
  const isAgreed =
    served.every(({ fullHash }) => fullHash === list.fullHash) &&
    states.every((state) => state === null || state.pending === null);
  if (!isAgreed) {
    return nowMs < closesAtMs + SPREAD_MS_MAX
      ? { kind: "wait", reason: "spreading" }
      : { kind: "leave", reason: "regions-differ" };
  }
  if (list.fullHash === baseline.fullHash) {
    return { kind: "leave", reason: "nothing-changed" };
  }
  const { contractHash, fullHash } = list;
  return facts.announced.has(fullHash) && !isEmptyToolList(list)
    ? { kind: "accept", reason: "accepted", list: { contractHash, fullHash } }
    : { kind: "leave", reason: "not-announced" };
}

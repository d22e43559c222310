import type { KnownToolLists } from "./advance-tool-lists.ts";
import type { ToolListHashes } from "./drift-debounce.ts";

export interface OddRegion {
  readonly region: string;
  /** What it serves. */
  readonly serves: ToolListHashes;
  /** What most of the others serve. */
  readonly othersServe: ToolListHashes;
}

/** A region's cache or fleet may lag this long behind the others without anybody being told, and three rounds of probes. */
const GRACE_MS_MIN = 30 * 60_000;
const ROUNDS_NEEDED = 3;

/**
 * The region that goes on serving another tool list than most do, or null.
 *
 * `lastUpAtMs`: when a probe from there last found the endpoint up. Only a region that was seen to serve its own list a
 * grace period after the others settled on theirs is odd; one that nobody probes says nothing.
 */
export function findOddRegion(
  endpoint: KnownToolLists & { readonly cadenceMs: number },
  regions: readonly { readonly region: string; readonly lastUpAtMs: number | null }[],
): OddRegion | null {
  const { baseline, byRegion } = endpoint;
  if (baseline === null) {
    return null;
  }
  const beliefs = regions.map(({ region, lastUpAtMs }) => {
    const state = byRegion.get(region);
    const { contractHash, fullHash } = state?.believed ?? baseline;
    return {
      region,
      lastUpAtMs,
      list: { contractHash, fullHash },
      sinceMs: state?.believedAtMs ?? baseline.atMs,
    };
  });
  const groups = [...Map.groupBy(beliefs, ({ list }) => list.fullHash).values()].sort(
    (a, b) => b.length - a.length || newest(b) - newest(a),
  );
  const [most, ...others] = groups;
  if (most === undefined) {
    return null;
  }
  const graceMs = Math.max(GRACE_MS_MIN, ROUNDS_NEEDED * regions.length * endpoint.cadenceMs);
  const odd = others
    .flat()
    .find(({ lastUpAtMs }) => lastUpAtMs !== null && lastUpAtMs >= newest(most) + graceMs);
  const majority = most[0]?.list;
  return odd === undefined || majority === undefined
    ? null
    : { region: odd.region, serves: odd.list, othersServe: majority };
}

function newest(group: readonly { readonly sinceMs: number }[]): number {
  return Math.max(...group.map(({ sinceMs }) => sinceMs));
}

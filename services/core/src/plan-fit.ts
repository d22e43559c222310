import type { Plan } from "./plans.ts";

/** One thing a workspace watches: an endpoint of its own, or one that it follows. */
export interface WatchedUse {
  readonly kind: "own" | "followed";
  readonly endpointId: string;
  /** When it was added; the newest is the first to be paused. */
  readonly addedAtMs: number;
  readonly cadenceS: number;
  /** Holds credentials; never true of a followed one. */
  readonly isPrivate: boolean;
  /** `plan`: it exceeded the plan. `other`: by its owner or an operator; a plan neither starts nor ends that. */
  readonly paused: "no" | "plan" | "other";
}

export type WatchedName = Pick<WatchedUse, "kind" | "endpointId">;

/** What has to change so that a workspace fits its plan. */
export interface PlanFit {
  /** Newest first, with the limit that each exceeds. */
  readonly pause: readonly (WatchedName & { readonly reason: "endpointsMax" | "privateEndpointsMax" })[];
  /** Paused for an earlier, smaller plan; oldest first. */
  readonly restore: readonly WatchedName[];
  /** Probed more often than the plan allows. A larger plan does not undo it: the cadence is the owner's choice. */
  readonly slow: readonly (WatchedName & { readonly cadenceS: number })[];
}

/**
 * Decides what a plan pauses and what it lets run again. What runs stays as long as there is room, oldest first; the
 * rest is paused, nothing is deleted. Room that is left goes to what an earlier plan had paused, oldest first. What an
 * owner paused takes no room. Applying the decision and deciding again changes nothing.
 */
export function decidePlanFit(plan: Plan, uses: readonly WatchedUse[]): PlanFit {
  const byAge = uses.toSorted(
    (a, b) =>
      a.addedAtMs - b.addedAtMs || (a.endpointId < b.endpointId ? -1 : Number(a.endpointId > b.endpointId)),
  );
  const room = { endpoints: plan.endpointsMax, privates: plan.privateEndpointsMax };
  const pause: PlanFit["pause"][number][] = [];
  const restore: WatchedName[] = [];
  const running: WatchedUse[] = [];
  for (const use of byAge.filter(({ paused }) => paused === "no")) {
    const exceeded = limitExceeded(room, use);
    if (exceeded === null) {
      takeRoom(room, use);
      running.push(use);
    } else {
      pause.unshift({ ...nameOf(use), reason: exceeded });
    }
  }
  for (const use of byAge.filter(({ paused }) => paused === "plan")) {
    if (limitExceeded(room, use) === null) {
      takeRoom(room, use);
      running.push(use);
      restore.push(nameOf(use));
    }
  }
  const slow = running
    .filter(({ cadenceS }) => cadenceS < plan.cadenceSMin)
    .map((use) => ({ ...nameOf(use), cadenceS: plan.cadenceSMin }));
  return { pause, restore, slow };
}

interface Room {
  endpoints: number;
  privates: number;
}

function limitExceeded(room: Room, use: WatchedUse): "endpointsMax" | "privateEndpointsMax" | null {
  if (room.endpoints === 0) {
    return "endpointsMax";
  }
  return use.isPrivate && room.privates === 0 ? "privateEndpointsMax" : null;
}

function takeRoom(room: Room, use: WatchedUse): void {
  room.endpoints -= 1;
  room.privates -= use.isPrivate ? 1 : 0;
}

const nameOf = ({ kind, endpointId }: WatchedUse): WatchedName => ({ kind, endpointId });

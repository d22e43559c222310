import type { Confirming } from "./now-fields.ts";
import type { CommittedState, ProbeState } from "./states.ts";

/** Why a region result is told to the alert router at once, instead of waiting for its minute to be sealed. */
export type LookReason = "look-job" | "confirming" | "crosses-committed";

/** A vote against the one already held of its region: later, earlier, or the very same result again. */
export type Freshness = "newer" | "superseded" | "repeated";

/**
 * Says whether one region result goes into the stream by itself; null when its minute's entry is enough.
 *
 * A repeated result has been told. A superseded one may still answer a look, but crosses nothing. `unknown` is our own
 * fault and crosses nothing either. A missing committed state reads as `unknown`, which every other result crosses.
 */
export function judgeLook(input: {
  readonly kind: "slot" | "look" | "now";
  readonly state: ProbeState;
  readonly freshness: Freshness;
  readonly committed: CommittedState;
  readonly confirming: Confirming | null;
}): LookReason | null {
  if (input.freshness === "repeated") {
    return null;
  }
  if (input.kind === "look") {
    return "look-job";
  }
  if (input.confirming !== null) {
    return "confirming";
  }
  return input.freshness === "newer" && isCrossing(input.state, input.committed) ? "crosses-committed" : null;
}

/** Only crossing between down and not-down counts; degraded and auth-walled are flags beside `up`. */
function isCrossing(state: ProbeState, committed: CommittedState): boolean {
  if (state === "unknown") {
    return false;
  }
  return committed === "unknown" || (state === "down") !== (committed === "down");
}

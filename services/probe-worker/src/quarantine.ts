import type { Clock } from "@alivemcp/runtime/clock";
import type { ProbeFound } from "./child-protocol.ts";
import { type Lane, type LaneDeps, type LaneProbe, openLane } from "./open-lane.ts";
import type { RunOutcome } from "./run-book.ts";

/** A probe with the names that blame is put on. */
export interface Suspect extends LaneProbe {
  readonly endpointId: string;
  readonly capKey: string;
}

type QuarantineOutcome =
  | { readonly kind: "found"; readonly found: ProbeFound }
  /** It brought its own child down, alone: proven. */
  | { readonly kind: "proven" }
  /** Not run: too many wait already. */
  | { readonly kind: "full" }
  | { readonly kind: "stopped" };

export interface Quarantine {
  /** Whether this endpoint's probes belong here without further trial. */
  holds(endpointId: string): boolean;
  run(suspect: Suspect): Promise<QuarantineOutcome>;
  readonly lane: Lane | null;
  readonly waiting: number;
  stop(): void;
}

/** Proven endpoints stay here this long after their last kill, so that they bring no neighbour down again. */
const HELD_MS = 3_600_000;
const WAITING_MAX = 32;
/** Of one tenant (or domain): its suspects may not keep another's waiting for ever. */
const WAITING_PER_CAP_KEY_MAX = 8;
const HELD_MAX = 10_000;

interface Entry extends Suspect {
  readonly settle: (outcome: QuarantineOutcome) => void;
}

/**
 * Re-runs suspects one by one in a child of their own, forked when the first comes and let go after the last. Each
 * tenant (or domain) gets a fresh one.
 */
export function openQuarantine(deps: LaneDeps & { clock: Clock }): Quarantine {
  const queue: Entry[] = [];
  const heldUntilMs = new Map<string, number>();
  let lane: Lane | null = null;
  let laneOf: string | null = null;
  let isRunning = false;
  let isStopped = false;

  const hold = (endpointId: string) => {
    if (heldUntilMs.size >= HELD_MAX) {
      const oldest = heldUntilMs.keys().next();
      heldUntilMs.delete(oldest.value ?? endpointId);
    }
    heldUntilMs.delete(endpointId);
    heldUntilMs.set(endpointId, deps.clock.nowMs() + HELD_MS);
  };
  const tryOne = async (entry: Entry): Promise<QuarantineOutcome> => {
    if (!lane?.isOpen || laneOf !== entry.capKey) {
      lane?.stop();
      lane = openLane(deps, () => {});
      laneOf = entry.capKey;
    }
    const outcome: RunOutcome = await lane.run(entry);
    if (outcome.kind === "found") {
      return outcome;
    }
    if (outcome.cause === "stopped" || outcome.cause === "never-ready") {
      return { kind: "stopped" };
    }
    hold(entry.endpointId);
    return { kind: "proven" };
  };
  const work = async () => {
    isRunning = true;
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      entry.settle(isStopped ? { kind: "stopped" } : await tryOne(entry));
    }
    isRunning = false;
    lane?.stop();
    lane = null;
  };
  return {
    get lane() {
      return lane;
    },
    get waiting() {
      return queue.length;
    },
    holds(endpointId) {
      const untilMs = heldUntilMs.get(endpointId) ?? 0;
      return untilMs > deps.clock.nowMs();
    },
    run: async (suspect) => {
      const ofSameKey = queue.filter((entry) => entry.capKey === suspect.capKey).length;
      if (isStopped || queue.length >= WAITING_MAX || ofSameKey >= WAITING_PER_CAP_KEY_MAX) {
        return { kind: isStopped ? "stopped" : "full" };
      }
      return new Promise((settle) => {
        queue.push({ ...suspect, settle });
        if (!isRunning) {
          void work();
        }
      });
    },
    stop() {
      isStopped = true;
      lane?.stop();
    },
  };
}

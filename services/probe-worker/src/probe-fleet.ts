import type { Clock } from "@alivemcp/runtime/clock";
import type { ProbeFound } from "./child-protocol.ts";
import { type GeneralLanes, type GeneralLanesPolicy, openGeneralLanes } from "./general-lanes.ts";
import type { Lane, LaneDeps } from "./open-lane.ts";
import { openQuarantine, type Suspect } from "./quarantine.ts";

export type FleetOutcome =
  | { readonly kind: "found"; readonly found: ProbeFound }
  /** Ours, never held against the endpoint. */
  | { readonly kind: "not-measured"; readonly detail: "killed_worker" | "quarantine_full" | "worker_lost" }
  /** The process is stopping: somebody else must run it. */
  | { readonly kind: "given-back" };

export interface ProbeFleet {
  /** Runs one probe in some child, again elsewhere when that child dies. Never rejects. */
  run(probe: Suspect): Promise<FleetOutcome>;
  selfCheck: GeneralLanes["selfCheck"];
  /** Every living child, the quarantine's too. */
  readonly lanes: readonly Lane[];
  readonly inFlight: number;
  readonly isReady: boolean;
  /** Settles everything still running as given back. */
  giveBack(): void;
  stop(): void;
}

export interface FleetDeps extends LaneDeps {
  readonly clock: Clock;
  readonly lanesPolicy: GeneralLanesPolicy;
  /** Told once for every kill that was proven in quarantine. */
  readonly blame: (probe: Suspect) => void;
}

const WATCH_EVERY_MS = 250;
/** When this process itself was away longer than this, children's silence proves nothing. */
const WATCH_LATE_MS = 1_500;
/** A probe whose children keep dying without it being suspect is given up after this many. */
const RUNS_MAX = 4;

/** All children of this process behind one function. */
export function openProbeFleet(deps: FleetDeps): ProbeFleet {
  const general = openGeneralLanes(deps, deps.lanesPolicy);
  const quarantine = openQuarantine(deps);
  const pending = new Set<(outcome: FleetOutcome) => void>();
  const lanes = () => [...general.lanes, ...(quarantine.lane ? [quarantine.lane] : [])];

  const runInQuarantine = async (probe: Suspect): Promise<FleetOutcome> => {
    const outcome = await quarantine.run(probe);
    switch (outcome.kind) {
      case "found":
        return outcome;
      case "proven":
        deps.blame(probe);
        return { kind: "not-measured", detail: "killed_worker" };
      case "full":
        return { kind: "not-measured", detail: "quarantine_full" };
      case "stopped":
        return { kind: "given-back" };
    }
  };
  const runSomewhere = async (probe: Suspect): Promise<FleetOutcome> => {
    if (quarantine.holds(probe.endpointId)) {
      return runInQuarantine(probe);
    }
    for (let run = 0; run < RUNS_MAX; run += 1) {
      const outcome = await general.run(probe.order, probe.onStep);
      if (outcome.kind === "found") {
        return outcome;
      }
      if (outcome.isSuspect) {
        return runInQuarantine(probe);
      }
    }
    return { kind: "not-measured", detail: "worker_lost" };
  };
  const stopWatching = watchLanes(lanes);
  return {
    run: (probe) =>
      new Promise((resolve) => {
        const settle = (outcome: FleetOutcome) => {
          pending.delete(settle);
          resolve(outcome);
        };
        pending.add(settle);
        void runSomewhere(probe).then(settle);
      }),
    selfCheck: general.selfCheck,
    get lanes() {
      return lanes();
    },
    get inFlight() {
      return pending.size;
    },
    get isReady() {
      return general.lanes.some((lane) => lane.isReady);
    },
    giveBack() {
      for (const settle of pending) {
        settle({ kind: "given-back" });
      }
    },
    stop() {
      stopWatching();
      general.stop();
      quarantine.stop();
    },
  };
}

function watchLanes(lanes: () => readonly Lane[]): () => void {
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const wasAway = nowMs - lastMs > WATCH_LATE_MS;
    lastMs = nowMs;
    for (const lane of lanes()) {
      if (wasAway) {
        lane.forgive(nowMs);
      }
      lane.watch(nowMs);
    }
  }, WATCH_EVERY_MS);
  return () => clearInterval(timer);
}

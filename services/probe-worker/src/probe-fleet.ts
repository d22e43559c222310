import type { Clock } from "@alivemcp/runtime/clock";
import type { HandoverOrder, ProbeFound } from "./child-protocol.ts";
import { type CredentialLanes, type CredentialLanesPolicy, openCredentialLanes } from "./credential-lanes.ts";
import { type GeneralLanes, type GeneralLanesPolicy, openGeneralLanes } from "./general-lanes.ts";
import type { ChildSpec } from "./open-child.ts";
import type { Lane, LaneDeps, LaneProbe } from "./open-lane.ts";
import { openQuarantine, type Quarantine, type Suspect } from "./quarantine.ts";
import type { RunOutcome } from "./run-book.ts";

/** One probe, and whose it is. */
interface FleetProbe extends Omit<LaneProbe, "handover"> {
  readonly endpointId: string;
  readonly capKey: string;
  /** Null: needs no credential. */
  readonly handover: HandoverGrant | null;
}

/** What one delivery of a job may fetch its credential with. */
export interface HandoverGrant extends Omit<HandoverOrder, "jobDispatch"> {
  /** Runs of this delivery are numbered from here, at most `DISPATCHES_PER_DELIVERY` of them. */
  readonly firstDispatch: number;
  /** Still waiting for its tenant's turn then, the probe is given up; epoch milliseconds. */
  readonly lateAtMs: number;
}

export type FleetOutcome =
  | { readonly kind: "found"; readonly found: ProbeFound }
  /** Ours, never held against the endpoint. */
  | { readonly kind: "not-measured"; readonly detail: "killed_worker" | "quarantine_full" | "worker_lost" }
  /** Its tenant's turn did not come in time. */
  | { readonly kind: "late" }
  /** The process is stopping: somebody else must run it. */
  | { readonly kind: "given-back" };

export interface ProbeFleet {
  /** Runs one probe in some child, again elsewhere when that child dies. Never rejects. */
  run(probe: FleetProbe): Promise<FleetOutcome>;
  selfCheck: GeneralLanes["selfCheck"];
  /** Probes with credentials that wait for their tenant's turn. */
  lineFor: CredentialLanes["lineFor"];
  /** Every living child, of credentials and quarantines too. */
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
  readonly credentialChildSpec: ChildSpec;
  readonly credentialLanesPolicy: CredentialLanesPolicy;
  /** Told once for every kill that was proven in quarantine. */
  readonly blame: (probe: Suspect) => void;
}

const WATCH_EVERY_MS = 250;
/** When this process itself was away longer than this, children's silence proves nothing. */
const WATCH_LATE_MS = 1_500;
/** A probe whose children keep dying without it being suspect is given up after this many. */
const RUNS_MAX = 4;
/** Those, and one in quarantine. */
export const DISPATCHES_PER_DELIVERY = RUNS_MAX + 1;

/** Children of one kind, with the quarantine for their suspects. */
interface Side {
  readonly quarantine: Quarantine;
  run(probe: FleetProbe, suspect: Suspect): Promise<RunOutcome | { readonly kind: "late" }>;
}

/** All children of this process behind one function. */
export function openProbeFleet(deps: FleetDeps): ProbeFleet {
  const credentialDeps = { ...deps, childSpec: deps.credentialChildSpec };
  const general = openGeneralLanes(deps, deps.lanesPolicy);
  const credential = openCredentialLanes(credentialDeps, deps.credentialLanesPolicy);
  const openSide: Side = { quarantine: openQuarantine(deps), run: (_probe, suspect) => general.run(suspect) };
  const credentialSide: Side = {
    quarantine: openQuarantine(credentialDeps),
    run: ({ capKey, handover }, probe) =>
      credential.run({ tenant: capKey, lateAtMs: handover?.lateAtMs ?? 0, probe }),
  };
  const pending = new Set<(outcome: FleetOutcome) => void>();
  const lanes = () => [
    ...general.lanes,
    ...credential.lanes,
    ...[openSide, credentialSide].flatMap(({ quarantine: { lane } }) => (lane === null ? [] : [lane])),
  ];

  const runInQuarantine = async (side: Side, suspect: Suspect): Promise<FleetOutcome> => {
    const outcome = await side.quarantine.run(suspect);
    switch (outcome.kind) {
      case "found":
        return outcome;
      case "proven":
        deps.blame(suspect);
        return { kind: "not-measured", detail: "killed_worker" };
      case "full":
        return { kind: "not-measured", detail: "quarantine_full" };
      case "stopped":
        return { kind: "given-back" };
    }
  };
  const runSomewhere = async (probe: FleetProbe): Promise<FleetOutcome> => {
    const side = probe.handover === null ? openSide : credentialSide;
    if (side.quarantine.holds(probe.endpointId)) {
      return runInQuarantine(side, numbered(probe, 0));
    }
    for (let run = 0; run < RUNS_MAX; run += 1) {
      const outcome = await side.run(probe, numbered(probe, run));
      if (outcome.kind !== "lost") {
        return outcome;
      }
      if (outcome.isSuspect) {
        return runInQuarantine(side, numbered(probe, run + 1));
      }
    }
    return { kind: "not-measured", detail: "worker_lost" };
  };
  const stopWatching = watchLanes(lanes, credential.sweep);
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
    lineFor: credential.lineFor,
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
      credential.stop();
      openSide.quarantine.stop();
      credentialSide.quarantine.stop();
    },
  };
}

/** The nth run of a probe: with a number of its own, since the api gives each to one child only. */
function numbered({ handover, ...probe }: FleetProbe, run: number): Suspect {
  if (handover === null) {
    return { ...probe, handover };
  }
  const { firstDispatch, lateAtMs: _unsent, ...order } = handover;
  return { ...probe, handover: { ...order, jobDispatch: firstDispatch + run } };
}

/** Looks after every child, and does `also` each time. */
function watchLanes(lanes: () => readonly Lane[], also: () => void): () => void {
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
    also();
  }, WATCH_EVERY_MS);
  return () => clearInterval(timer);
}

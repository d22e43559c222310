import { type Lane, type LaneDeps, type LaneProbe, openLane } from "./open-lane.ts";
import type { RunOutcome } from "./run-book.ts";

export interface GeneralLanesPolicy {
  /** Children at most; the first is forked at once, the others when those before are nearly full. */
  readonly childrenMax: number;
  readonly probesPerChild: number;
}

export interface GeneralLanes {
  readonly lanes: readonly Lane[];
  run(probe: LaneProbe): Promise<RunOutcome>;
  /** Null when no child could answer. */
  selfCheck(urls: readonly string[]): Promise<boolean | null>;
  stop(): void;
}

/** A further child is forked when the emptiest one is this full. */
const NEARLY_FULL = 0.8;
/** A child that could not even start is replaced after this, so that a broken installation does not fork in a loop. */
const RETRY_START_AFTER_MS = 2_000;

/** Children that share all probes without credentials: each goes to the one with the fewest in flight; a dead one is replaced. */
export function openGeneralLanes(deps: LaneDeps, policy: GeneralLanesPolicy): GeneralLanes {
  let lanes: Lane[] = [];
  let isStopped = false;
  let waiting: ((lane: Lane | null) => void)[] = [];

  const open = () => {
    if (isStopped) {
      return;
    }
    const lane = openLane(deps, ({ hadBeenReady }) => {
      lanes = lanes.filter((other) => other !== lane);
      if (lanes.length === 0) {
        setTimeout(open, hadBeenReady ? 0 : RETRY_START_AFTER_MS).unref();
      }
    });
    lanes = [...lanes, lane];
    for (const give of waiting.splice(0)) {
      give(lane);
    }
  };
  /** Picking and entering the probe happen in one turn of the loop, so that many at once see each other's weight. */
  const pick = (): Lane | undefined => {
    const lane = lanes.filter((each) => each.isOpen).toSorted((a, b) => a.inFlight - b.inFlight)[0];
    const isCrowded = lane !== undefined && lane.inFlight >= policy.probesPerChild * NEARLY_FULL;
    if (isCrowded && lanes.length < policy.childrenMax) {
      open();
    }
    return lane;
  };
  const nextLane = (): Promise<Lane | null> =>
    isStopped ? Promise.resolve(null) : new Promise((give) => waiting.push(give));
  open();
  return {
    get lanes() {
      return lanes;
    },
    async run(probe) {
      const lane = pick() ?? (await nextLane());
      return lane ? lane.run(probe) : { kind: "lost", cause: "stopped", isSuspect: false };
    },
    async selfCheck(urls) {
      const lane = pick() ?? (await nextLane());
      return lane ? lane.selfCheck(urls) : null;
    },
    stop() {
      isStopped = true;
      for (const give of waiting) {
        give(null);
      }
      waiting = [];
      for (const lane of lanes) {
        lane.stop();
      }
    },
  };
}

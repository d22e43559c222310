/**
 * Judges what operators are woken for: our own service, by figures that the router reads each minute. A finding is raised
 * when it holds for a while and cleared when it is clearly over; between the two nothing changes, so that a figure at its
 * threshold tells nobody twice.
 */
import { z } from "zod";

const MINUTE_MS = 60_000;

export interface OwnHealthFigures {
  /** Tries to send of the last 15 min, and those that failed; the receiver's own refusal (`permanent`) is not ours. */
  readonly sends: number;
  readonly sendsFailed: number;
  /** Tenants whose sinks these failures are: one broken receiver is its tenant's affair. */
  readonly sinksFailed: number;
  /** Age of the oldest entry of the stream that is not handled. */
  readonly routerLagMs: number;
  /** How long the oldest delivery that is due waits. */
  readonly oldestDueMs: number;
  /** Regions of the installation without a heartbeat. */
  readonly regionsMissing: readonly string[];
  /** Regions from which most endpoints turned down alone. */
  readonly regionsSuspected: readonly string[];
}

/** `<kind>` or `<kind>:<region>`: each is raised and cleared by itself. */
export type OwnHealthKind =
  | "sends_failing"
  | "router_lagging"
  | "deliveries_waiting"
  | `region_missing:${string}`
  | `region_suspected:${string}`;

export interface OwnHealthPolicy {
  readonly failedRatioMax: number;
  readonly failedRatioClear: number;
  readonly sendsMin: number;
  readonly sinksMin: number;
  readonly lagMsMax: number;
  readonly lagMsClear: number;
  readonly waitingMsMax: number;
  readonly waitingMsClear: number;
  /** A finding must hold, or be over, for so long. */
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
}

export const OWN_HEALTH_POLICY: OwnHealthPolicy = {
  failedRatioMax: 0.01,
  failedRatioClear: 0.005,
  sendsMin: 50,
  sinksMin: 2,
  lagMsMax: 30_000,
  lagMsClear: 10_000,
  waitingMsMax: 2 * MINUTE_MS,
  waitingMsClear: 30_000,
  raiseAfterMs: 2 * MINUTE_MS,
  clearAfterMs: 5 * MINUTE_MS,
};

const stateSchema = z.object({
  isRaised: z.boolean(),
  /** Since when the figures say the opposite of `isRaised`; null: they agree. */
  turningSinceMs: z.int().nullable(),
  raisedAtMs: z.int().nullable(),
});
/** How one finding stands. */
export type OwnHealthState = Readonly<z.infer<typeof stateSchema>>;
/** What the router remembers from one minute to the next, by finding. */
export const ownHealthMemorySchema = z.record(z.string().max(60), stateSchema);

/** What it is called in a notice to operators. */
export function ownHealthTitle(finding: OwnHealthKind): string {
  const [kind = "", region = ""] = finding.split(":");
  const titles: Readonly<Record<string, string>> = {
    sends_failing: "Messages cannot be delivered",
    router_lagging: "The alert router lags",
    deliveries_waiting: "Messages wait too long",
    region_missing: `Region ${region} is missing`,
    region_suspected: `Region ${region} is suspected`,
  };
  return titles[kind] ?? finding;
}

export interface OwnHealthChange {
  readonly finding: OwnHealthKind;
  readonly kind: "raised" | "cleared";
  /** Names this one occurrence: its end has the same as its beginning. */
  readonly raisedAtMs: number;
  /** The figure in words of ours. */
  readonly sentence: string;
}

export interface OwnHealthDecision {
  /** Findings that are raised or on their way; the others are forgotten. */
  readonly next: Readonly<Record<string, OwnHealthState>>;
  readonly changes: readonly OwnHealthChange[];
}

type Reading = { readonly verdict: "bad" | "good" | "between"; readonly sentence: string };

/** Judges all findings by the figures of one moment. Deterministic in the order of findings. */
export function judgeOwnHealth(
  before: Readonly<Record<string, OwnHealthState>>,
  figures: OwnHealthFigures,
  nowMs: number,
  policy: OwnHealthPolicy = OWN_HEALTH_POLICY,
): OwnHealthDecision {
  const readings = readingsOf(figures, policy);
  const names = [...new Set([...Object.keys(readings), ...Object.keys(before)])].sort() as OwnHealthKind[];
  const next: Record<string, OwnHealthState> = {};
  const changes: OwnHealthChange[] = [];
  for (const finding of names) {
    const reading = readings[finding] ?? { verdict: "good", sentence: goneSentence(finding) };
    const state = before[finding] ?? FINE;
    const after = turn(state, reading.verdict, nowMs, policy);
    if (after.isRaised !== state.isRaised) {
      changes.push({
        finding,
        kind: after.isRaised ? "raised" : "cleared",
        raisedAtMs: after.raisedAtMs ?? state.raisedAtMs ?? nowMs,
        sentence: reading.sentence,
      });
    }
    if (after.isRaised || after.turningSinceMs !== null) {
      next[finding] = after;
    }
  }
  return { next, changes };
}

const FINE: OwnHealthState = { isRaised: false, turningSinceMs: null, raisedAtMs: null };

function turn(
  state: OwnHealthState,
  verdict: Reading["verdict"],
  nowMs: number,
  policy: OwnHealthPolicy,
): OwnHealthState {
  const isTurning = state.isRaised ? verdict === "good" : verdict === "bad";
  if (!isTurning) {
    return { ...state, turningSinceMs: null };
  }
  const sinceMs = state.turningSinceMs ?? nowMs;
  const needsMs = state.isRaised ? policy.clearAfterMs : policy.raiseAfterMs;
  if (nowMs - sinceMs < needsMs) {
    return { ...state, turningSinceMs: sinceMs };
  }
  return state.isRaised ? FINE : { isRaised: true, turningSinceMs: null, raisedAtMs: nowMs };
}

function readingsOf(figures: OwnHealthFigures, policy: OwnHealthPolicy): Readonly<Record<string, Reading>> {
  const { sends, sendsFailed } = figures;
  const failedRatio = sends === 0 ? 0 : sendsFailed / sends;
  const isTelling = sends >= policy.sendsMin && figures.sinksFailed >= policy.sinksMin;
  return {
    sends_failing: {
      verdict: level(isTelling ? failedRatio : 0, policy.failedRatioMax, policy.failedRatioClear),
      sentence: `${sendsFailed} of ${sends} tries to send failed in the last 15 minutes.`,
    },
    router_lagging: {
      verdict: level(figures.routerLagMs, policy.lagMsMax, policy.lagMsClear),
      sentence: `The oldest unhandled entry of the verdict streams is ${seconds(figures.routerLagMs)} s old.`,
    },
    deliveries_waiting: {
      verdict: level(figures.oldestDueMs, policy.waitingMsMax, policy.waitingMsClear),
      sentence: `The oldest delivery that is due has waited for ${seconds(figures.oldestDueMs)} s.`,
    },
    ...Object.fromEntries(
      figures.regionsMissing.map((region) => [
        `region_missing:${region}`,
        {
          verdict: "bad",
          sentence: `No worker of ${region} has reported for 90 s; the other regions decide.`,
        },
      ]),
    ),
    ...Object.fromEntries(
      figures.regionsSuspected.map((region) => [
        `region_suspected:${region}`,
        {
          verdict: "bad",
          sentence: `Most endpoints turned down from ${region} alone; it does not vote until it agrees again.`,
        },
      ]),
    ),
  };
}

const level = (value: number, max: number, clear: number): Reading["verdict"] =>
  value > max ? "bad" : value <= clear ? "good" : "between";
const seconds = (ms: number) => Math.round(ms / 1_000);

function goneSentence(finding: OwnHealthKind): string {
  const [kind, region] = finding.split(":");
  return kind === "region_missing" ? `${region} reports again.` : `${region} agrees with the others again.`;
}

/**
 * The verdict over one endpoint's minute: which vote of a region counts, and what all regions together say.
 * Before: services/probe-worker/src/run-probe-job.ts reports a region result, the report script of services/runtime
 * applies these rules inside Redis. After: services/archiver/src/archive-batch.ts stores the sealed verdict-minute.
 */
import type { Vote } from "./packed-vote.ts";
import type { FailureReason, ProbeState } from "./states.ts";

export interface Verdict {
  readonly state: ProbeState;
  /** The reason most deciding votes give; between equally frequent ones the alphabetically first. */
  readonly reason: FailureReason | null;
  /** Median over the regions that measured one, rounded down to whole milliseconds. */
  readonly latencyMs: number | null;
  /** Regions the verdict is about, sorted; empty when every vote is `up` or `unknown`. */
  readonly regions: readonly string[];
}

/** Worst first; the first state that any counted vote has decides whose reason is told. */
const WORST_FIRST = ["down", "degraded", "auth_walled", "up"] as const satisfies readonly ProbeState[];

/**
 * The vote that counts when a region voted twice in a minute: the later observed, ties by digest.
 *
 * Commutative, associative and idempotent, so neither order nor repetition of deliveries can change the outcome.
 */
export function mergeVote(a: Vote, b: Vote): Vote {
  if (a.observedAtMs !== b.observedAtMs) {
    return a.observedAtMs > b.observedAtMs ? a : b;
  }
  return a.digest >= b.digest ? a : b;
}

/**
 * Judges a minute by the newest vote of each region.
 *
 * `unknown` votes are dropped: they are our fault. A quorum of two regions says `down`, or one where a single region
 * was asked; a lone `down` among several regions is `degraded`, as is `up` in one region and a login wall in another.
 */
export function judgeMinute(votes: Readonly<Record<string, Vote>>, regionsAsked: readonly string[]): Verdict {
  const counted = Object.entries(votes).filter(([, vote]) => vote.state !== "unknown");
  const count = (state: ProbeState) => counted.filter(([, vote]) => vote.state === state).length;
  const lead = WORST_FIRST.find((state) => count(state) > 0) ?? "unknown";
  const deciding = Object.values(votes).filter((vote) => vote.state === lead);
  const isTold = (state: ProbeState) =>
    lead === "auth_walled" ? state === "auth_walled" : state === "down" || state === "degraded";
  return {
    state: stateOf(lead, count, Math.min(2, regionsAsked.length)),
    reason: mostFrequentReason(deciding),
    latencyMs: median(counted.map(([, vote]) => vote.latencyMs).filter((latencyMs) => latencyMs !== null)),
    regions: counted
      .filter(([, vote]) => isTold(vote.state))
      .map(([region]) => region)
      .sort(),
  };
}

/** What a minute knows about who was asked and who answered; see `VerdictMinute`. */
export interface MinuteProgress {
  readonly votes: Readonly<Record<string, Vote>>;
  /** Regions that slot jobs asked. */
  readonly slotRegions: readonly string[];
  /** Regions that looks and immediate probes asked. */
  readonly extraRegions: readonly string[];
  /** Null where no slot falls into the minute. */
  readonly lastSlotAtMs: number | null;
  /** Regions that reported the minute's last slot. */
  readonly lastSlotRegions: readonly string[];
}

/**
 * Whether there is nothing left to wait for: every asked region has a result of the minute's last slot, and no look
 * for that minute is outstanding. Looks and immediate probes never stand in for a slot; where a minute has no slot,
 * every region they asked must have answered.
 */
export function isMinuteComplete(minute: MinuteProgress, isLookOutstanding: boolean): boolean {
  if (isLookOutstanding) {
    return false;
  }
  if (minute.lastSlotAtMs === null) {
    return minute.extraRegions.every((region) => minute.votes[region] !== undefined);
  }
  return (
    minute.slotRegions.length > 0 &&
    minute.slotRegions.every((region) => minute.lastSlotRegions.includes(region))
  );
}

function stateOf(lead: ProbeState, count: (state: ProbeState) => number, quorum: number): ProbeState {
  switch (lead) {
    case "down":
      return count("down") >= quorum ? "down" : "degraded";
    case "auth_walled":
      return count("up") > 0 ? "degraded" : "auth_walled";
    case "degraded":
    case "up":
    case "unknown":
      return lead;
  }
}

function mostFrequentReason(votes: readonly Vote[]): FailureReason | null {
  const reasons = votes.map((vote) => vote.reason).filter((reason) => reason !== null);
  const frequency = (reason: FailureReason) => reasons.filter((other) => other === reason).length;
  return reasons.sort((a, b) => frequency(b) - frequency(a) || (a < b ? -1 : 1))[0] ?? null;
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : Math.floor((lower + upper) / 2);
}

/**
 * A confirmation: one region disagreed with the committed state, and every region is asked twice whether it is right.
 * Look 1 takes results started at or after the first disagreeing probe; look 2 is asked one confirmation period after
 * that probe began. Only fresh votes count, and both looks must agree.
 */
import { confirmationQuorum, type EndpointPolicy } from "./endpoint-state-rules.ts";
import type { Vote } from "./packed-vote.ts";
import { minuteOf } from "./pipeline.ts";
import type { FailureReason, ProbeState } from "./states.ts";

export type Side = "down" | "not-down";

/** What one region said in one look; `side` is null when it said nothing of the endpoint. */
export interface LookVote {
  readonly side: Side | null;
  readonly reason: FailureReason | null;
  readonly observedAtMs: number;
  readonly digest: string;
}

export interface Look {
  readonly notBeforeMs: number;
  readonly closesAtMs: number;
  /** Epoch minute its results belong to. */
  readonly minute: number;
  readonly votes: Readonly<Record<string, LookVote>>;
  /** Regions with a look job. */
  readonly askedRegions: readonly string[];
  /** Regions whose slot job was still unfinished on opening: their own result is awaited instead. */
  readonly inFlightRegions: readonly string[];
  /** Look 1: what Redis knew has been read. Look 2: the regions have been asked. */
  readonly isAsked: boolean;
  readonly outcome: LookOutcome | null;
}

/** `refuted`: enough regions answered, and not so. `inconclusive`: too few answered to know. */
export type LookOutcome = "confirmed" | "refuted" | "inconclusive";

export interface Confirmation {
  /** Start of the first disagreeing probe; also the name of the confirmation in job ids. */
  readonly startMs: number;
  /** The state that is committed when both looks agree. */
  readonly target: "up" | "down";
  readonly openedAtMs: number;
  readonly openedByRegion: string;
  readonly isOpenedByTimeout: boolean;
  /** Job whose copies in the other regions' queues may still be running. */
  readonly openedByJobId: string;
  readonly look1: Look;
  readonly look2: Look;
}

export interface Disagreement {
  readonly region: string;
  readonly vote: Vote;
  readonly minute: number;
  readonly jobId: string;
}

export function openConfirmation(
  target: "up" | "down",
  opener: Disagreement,
  nowMs: number,
  policy: EndpointPolicy,
): Confirmation {
  const { vote, region } = opener;
  const isOpenedByTimeout = isTimeout(vote.reason);
  const startMs = vote.startedAtMs;
  const look2AtMs = Math.max(nowMs, startMs + policy.confirmationPeriodMs);
  const openLook = (notBeforeMs: number, minute: number): Look => ({
    notBeforeMs,
    closesAtMs: notBeforeMs + lookClosesAfterMs(policy),
    minute,
    votes: {},
    askedRegions: [],
    inFlightRegions: [],
    isAsked: false,
    outcome: null,
  });
  return {
    startMs,
    target,
    openedAtMs: nowMs,
    openedByRegion: region,
    isOpenedByTimeout,
    openedByJobId: opener.jobId,
    look1: {
      ...openLook(nowMs, opener.minute),
      votes: { [region]: { ...lookVoteOf(vote), side: sideOf(vote.state) } },
    },
    look2: openLook(look2AtMs, minuteOf(look2AtMs)),
  };
}

export type CountOutcome = "vote-counted" | "vote-stale" | "look-closed";

/**
 * Counts one result in the look it belongs to: a look job's in its own, any other in look 1 if it is fresh.
 * Idempotent and independent of order: of two votes of a region the later observed stands, ties by digest.
 */
export function countVote(
  confirmation: Confirmation,
  result: {
    readonly region: string;
    readonly vote: Vote;
    readonly look: { readonly confirmation: number; readonly n: 1 | 2 } | null;
  },
): { readonly next: Confirmation; readonly outcome: CountOutcome } {
  const ownLook = result.look?.confirmation === confirmation.startMs ? result.look.n : null;
  if (ownLook === null && result.vote.startedAtMs < confirmation.startMs) {
    return { next: confirmation, outcome: "vote-stale" };
  }
  const key = ownLook === 2 ? "look2" : "look1";
  const look = confirmation[key];
  if (look.outcome !== null) {
    return { next: confirmation, outcome: "look-closed" };
  }
  const vote = {
    ...lookVoteOf(result.vote),
    side: sideInLook(result.vote, result.look !== null, confirmation),
  };
  const votes = { ...look.votes, [result.region]: laterVote(look.votes[result.region], vote) };
  return { next: { ...confirmation, [key]: { ...look, votes } }, outcome: "vote-counted" };
}

/** What an open look concludes now; null while it goes on. It closes when all eligible regions answered, or on time. */
export function judgeLook(
  look: Look,
  target: "up" | "down",
  progressMs: number,
  policy: EndpointPolicy,
): LookOutcome | null {
  const eligible = policy.eligibleRegions;
  const isAnswered =
    look.isAsked && eligible.length > 0 && eligible.every((region) => look.votes[region] !== undefined);
  if (!isAnswered && progressMs < look.closesAtMs) {
    return null;
  }
  const quorum = confirmationQuorum(policy);
  const count = (side: Side) => eligible.filter((region) => look.votes[region]?.side === side).length;
  const [down, notDown] = [count("down"), count("not-down")];
  if (quorum === 0 || down + notDown < quorum) {
    return "inconclusive";
  }
  const isDown = down >= quorum;
  return (target === "down" ? isDown : !isDown && notDown >= quorum) ? "confirmed" : "refuted";
}

/** Regions whose newest word in either look is on the other side than what is committed. */
export function disagreeingRegions(confirmation: Confirmation): readonly string[] {
  const side: Side = confirmation.target === "down" ? "down" : "not-down";
  const newest: Record<string, LookVote> = {};
  for (const { votes } of [confirmation.look1, confirmation.look2]) {
    for (const [region, vote] of Object.entries(votes)) {
      if (vote.side !== null) {
        newest[region] = laterVote(newest[region], vote);
      }
    }
  }
  return Object.keys(newest)
    .filter((region) => newest[region]?.side === side)
    .sort();
}

/** The reason most `down` votes of the last look give; between equally frequent ones the alphabetically first. */
export function reasonOfDown(look: Look, policy: EndpointPolicy): FailureReason | null {
  const reasons = policy.eligibleRegions
    .map((region) => look.votes[region])
    .filter((vote) => vote?.side === "down")
    .map((vote) => vote?.reason ?? null)
    .filter((reason) => reason !== null);
  const frequency = (reason: FailureReason) => reasons.filter((other) => other === reason).length;
  return reasons.sort((a, b) => frequency(b) - frequency(a) || (a < b ? -1 : 1))[0] ?? null;
}

/** Which side of the only line that matters here; null for `unknown`, which is our own fault. */
export function sideOf(state: ProbeState): Side | null {
  switch (state) {
    case "unknown":
      return null;
    case "down":
      return "down";
    case "up":
    case "degraded":
    case "auth_walled":
      return "not-down";
  }
}

export const lookClosesAfterMs = ({ isSlow, rules }: EndpointPolicy): number =>
  isSlow ? rules.slowLookClosesAfterMs : rules.lookClosesAfterMs;

/**
 * A look's budget is a third of a slot's: running out of it says nothing when the disagreeing probe, with the whole
 * budget, did not run out of time itself.
 */
function sideInLook(vote: Vote, isLookJob: boolean, confirmation: Confirmation): Side | null {
  const isWeak = isLookJob && isTimeout(vote.reason) && !confirmation.isOpenedByTimeout;
  return isWeak && vote.state === "down" ? null : sideOf(vote.state);
}

const isTimeout = (reason: FailureReason | null) => reason === "timeout" || reason === "connection_timeout";

const lookVoteOf = ({ reason, observedAtMs, digest }: Vote) => ({ reason, observedAtMs, digest });

function laterVote(a: LookVote | undefined, b: LookVote): LookVote {
  if (a === undefined || a.observedAtMs !== b.observedAtMs) {
    return a === undefined || b.observedAtMs > a.observedAtMs ? b : a;
  }
  return b.digest > a.digest ? b : a;
}

/**
 * The life of one verdict-minute, as a pure reference: the Lua scripts of services/runtime do the same inside Redis,
 * and both are run over the same generated cases.
 *
 * The content of a minute is a join semilattice: every part is a set union or a maximum. Deliveries may therefore be
 * shuffled, repeated and split in any way, and the last revision says the same.
 */
import type { Vote } from "./packed-vote.ts";
import { MINUTE_MS } from "./pipeline.ts";
import { isMinuteComplete, judgeMinute, type MinuteProgress, mergeVote, type Verdict } from "./verdict.ts";
import { type Report, SEAL_AFTER_MS } from "./verdict-report.ts";

/** Results later than this after sealing change nothing any more. */
export const LATE_ACCEPTED_MS = 5 * MINUTE_MS;

export interface MinuteContent extends MinuteProgress {
  /** Cadence of the slots; 1 where the minute holds only looks or immediate probes. */
  readonly coversMinutes: number;
  readonly sealDueAtMs: number;
}

export interface VerdictMinute extends MinuteContent {
  /** Null while open. */
  readonly sealedAtMs: number | null;
  /** 0 while open, 1 when sealed, one more with every correction. */
  readonly revision: number;
}

/**
 * What became of a result. `duplicate`: it said nothing new, seen before or superseded by a later one of its region.
 * `too-late`: over five minutes after sealing; dropped, to be counted by the caller.
 */
export type MinuteOutcome = "merged" | "duplicate" | "sealed" | "corrected" | "too-late";

export interface MinuteStep {
  readonly next: VerdictMinute | null;
  readonly outcome: MinuteOutcome;
}

/** Takes one report into its minute and says whether that seals or corrects it. `minute` is null before the first. */
export function advanceMinute(
  minute: VerdictMinute | null,
  report: Report,
  context: { readonly nowMs: number; readonly isLookOutstanding: boolean },
): MinuteStep {
  if (isTooLate(minute, report.minute, context.nowMs)) {
    return { next: minute, outcome: "too-late" };
  }
  const content = minute === null ? contentOf(report) : joinMinutes(minute, contentOf(report));
  const next = { ...content, sealedAtMs: minute?.sealedAtMs ?? null, revision: minute?.revision ?? 0 };
  if (minute !== null && minute.sealedAtMs !== null) {
    return isShownAlike(minute, content)
      ? { next, outcome: "duplicate" }
      : { next: { ...next, revision: next.revision + 1 }, outcome: "corrected" };
  }
  if (minute !== null && isShownAlike(minute, content) && isProgressAlike(minute, content)) {
    return { next: minute, outcome: "duplicate" };
  }
  return isMinuteComplete(content, context.isLookOutstanding)
    ? { next: sealMinute(next, context.nowMs), outcome: "sealed" }
    : { next, outcome: "merged" };
}

/** Seals an open minute as its first revision; a sealed one is returned as it is. */
export function sealMinute(minute: VerdictMinute, nowMs: number): VerdictMinute {
  return minute.sealedAtMs === null ? { ...minute, sealedAtMs: nowMs, revision: 1 } : minute;
}

/** Every region that was asked in this minute, sorted; their number sets the quorum. */
export function regionsAskedOf(minute: MinuteContent): readonly string[] {
  return union(minute.slotRegions, minute.extraRegions);
}

export function verdictOf(minute: MinuteContent): Verdict {
  return judgeMinute(minute.votes, regionsAskedOf(minute));
}

/** Least upper bound of two partial views of one minute: commutative, associative, idempotent. */
export function joinMinutes(a: MinuteContent, b: MinuteContent): MinuteContent {
  return {
    votes: joinVotes(a.votes, b.votes),
    slotRegions: union(a.slotRegions, b.slotRegions),
    extraRegions: union(a.extraRegions, b.extraRegions),
    ...joinLastSlots(a, b),
    coversMinutes: Math.max(a.coversMinutes, b.coversMinutes),
    sealDueAtMs: Math.max(a.sealDueAtMs, b.sealDueAtMs),
  };
}

/** The minute as one report alone would make it. */
export function contentOf(report: Report): MinuteContent {
  const isSlot = report.kind === "slot";
  return {
    votes: { [report.region]: report.vote },
    slotRegions: isSlot ? union(report.regionsAsked, [report.region]) : [],
    extraRegions: isSlot ? [] : union(report.regionsAsked, [report.region]),
    lastSlotAtMs: report.lastSlotAtMs,
    lastSlotRegions: isSlot && report.vote.slotAtMs === report.lastSlotAtMs ? [report.region] : [],
    coversMinutes: report.coversMinutes,
    sealDueAtMs: report.sealDueAtMs,
  };
}

/** A hash that is gone is not begun anew once its minute must have been sealed and closed for corrections. */
function isTooLate(minute: VerdictMinute | null, minuteNumber: number, nowMs: number): boolean {
  if (minute === null) {
    return nowMs > (minuteNumber + 1) * MINUTE_MS + SEAL_AFTER_MS + LATE_ACCEPTED_MS;
  }
  return minute.sealedAtMs !== null && nowMs > minute.sealedAtMs + LATE_ACCEPTED_MS;
}

/** Whether both say the same in a stream entry. */
function isShownAlike(a: MinuteContent, b: MinuteContent): boolean {
  return (
    a.coversMinutes === b.coversMinutes &&
    regionsAskedOf(a).join() === regionsAskedOf(b).join() &&
    isVotesAlike(a.votes, b.votes)
  );
}

function isVotesAlike(a: Readonly<Record<string, Vote>>, b: Readonly<Record<string, Vote>>): boolean {
  const regions = union(Object.keys(a), Object.keys(b));
  return regions.every(
    (region) =>
      a[region]?.digest === b[region]?.digest && a[region]?.observedAtMs === b[region]?.observedAtMs,
  );
}

function isProgressAlike(a: MinuteContent, b: MinuteContent): boolean {
  return (
    a.lastSlotAtMs === b.lastSlotAtMs &&
    a.sealDueAtMs === b.sealDueAtMs &&
    a.slotRegions.join() === b.slotRegions.join() &&
    a.extraRegions.join() === b.extraRegions.join() &&
    a.lastSlotRegions.join() === b.lastSlotRegions.join()
  );
}

/** A job may know of a later last slot than the one before (a cadence was shortened): then who reported counts anew. */
function joinLastSlots(a: MinuteContent, b: MinuteContent) {
  const [aMs, bMs] = [a.lastSlotAtMs ?? -1, b.lastSlotAtMs ?? -1];
  if (aMs === bMs) {
    return { lastSlotAtMs: a.lastSlotAtMs, lastSlotRegions: union(a.lastSlotRegions, b.lastSlotRegions) };
  }
  const { lastSlotAtMs, lastSlotRegions } = aMs > bMs ? a : b;
  return { lastSlotAtMs, lastSlotRegions };
}

function joinVotes(a: Readonly<Record<string, Vote>>, b: Readonly<Record<string, Vote>>) {
  const joined: Record<string, Vote> = { ...a };
  for (const [region, vote] of Object.entries(b)) {
    const known = joined[region];
    joined[region] = known === undefined ? vote : mergeVote(known, vote);
  }
  return joined;
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].sort();
}

/**
 * Alerts on how fast an error budget burns, by two windows at once: the long one says that it matters, the short one that
 * it still goes on. Google, The Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts", table 5-8:
 * 1 h and 5 min at 14.4 (2 % of 30 days' budget gone), 6 h and 30 min at 6 (5 %), 3 d and 6 h at 1 (10 %, a ticket).
 */
import type { Plan } from "./plans.ts";

export const BURN_WINDOWS = ["5m", "30m", "1h", "6h", "3d"] as const;
export type BurnWindow = (typeof BURN_WINDOWS)[number];

const MINUTE_MS = 60_000;
export const BURN_WINDOW_MS: Readonly<Record<BurnWindow, number>> = {
  "5m": 5 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "6h": 360 * MINUTE_MS,
  "3d": 4_320 * MINUTE_MS,
};

/** Minutes of one window that count: neither `unknown` nor maintenance. Weighed by what each verdict-minute covers. */
export interface BurnCount {
  readonly counted: number;
  /** Of these, down. */
  readonly bad: number;
}

/** `fast` and `steady` page (a cause of an incident), `slow` is a ticket. */
export const BURN_PACES = ["fast", "steady", "slow"] as const;
export type BurnPace = (typeof BURN_PACES)[number];

interface BurnRule {
  readonly pace: BurnPace;
  readonly long: BurnWindow;
  readonly short: BurnWindow;
  readonly rate: number;
}

const BURN_RULES: readonly BurnRule[] = [
  { pace: "fast", long: "1h", short: "5m", rate: 14.4 },
  { pace: "steady", long: "6h", short: "30m", rate: 6 },
  { pace: "slow", long: "3d", short: "6h", rate: 1 },
];

/** With a strict target one bad minute burns at any rate; less than three are a blip, and a blip pages nobody. */
export const BAD_MINUTES_MIN = 3;
/** Of each window at least this share must have been measured. */
const MEASURED_RATIO_MIN = 0.5;
/** It is over when no rule held for so long: the short windows empty faster than trouble goes away. */
export const BURN_OVER_AFTER_MS = 30 * MINUTE_MS;

/** Targets an owner may set, as ratios: below 90 % nothing burns fast, above 99.99 % one minute is more than a month's budget. */
export const SLO_TARGET_MIN = 0.9;
export const SLO_TARGET_MAX = 0.9999;

export type BurnReason = "burning" | "not_burning" | "cooling_down" | "over" | "no_target" | "not_in_plan";

export interface BurnState {
  readonly pace: BurnPace;
  readonly sinceMs: number;
  /** When a rule held last. */
  readonly heldAtMs: number;
}

export interface BurnDecision {
  /** Null: nothing burns. */
  readonly next: BurnState | null;
  readonly reason: BurnReason;
  /** Share of the budget of the window that is gone per unit of time, of the rule that holds; null: none does. */
  readonly rate: number | null;
}

/** Judges one endpoint for one tenant each minute. A worse pace takes over at once, a milder one only after the pause. */
export function advanceBurnRate(
  before: BurnState | null,
  input: {
    readonly plan: Pick<Plan, "hasBurnRateAlerts">;
    /** Ratio of minutes that are to be good; null: the owner set none. */
    readonly sloTarget: number | null;
    readonly counts: Readonly<Record<BurnWindow, BurnCount>>;
  },
  nowMs: number,
): BurnDecision {
  if (!input.plan.hasBurnRateAlerts) {
    return { next: null, reason: "not_in_plan", rate: null };
  }
  if (input.sloTarget === null) {
    return { next: null, reason: "no_target", rate: null };
  }
  const budget = 1 - input.sloTarget;
  const rule = BURN_RULES.find((candidate) => holds(candidate, input.counts, budget));
  if (rule === undefined) {
    const isCooling = before !== null && nowMs - before.heldAtMs < BURN_OVER_AFTER_MS;
    return isCooling
      ? { next: before, reason: "cooling_down", rate: null }
      : { next: null, reason: before === null ? "not_burning" : "over", rate: null };
  }
  const isMilder = before !== null && BURN_PACES.indexOf(rule.pace) > BURN_PACES.indexOf(before.pace);
  const staysWorse = isMilder && nowMs - before.heldAtMs < BURN_OVER_AFTER_MS;
  const rate = burnRate(input.counts[rule.long], budget);
  return staysWorse
    ? { next: before, reason: "cooling_down", rate }
    : {
        next: { pace: rule.pace, sinceMs: before?.sinceMs ?? nowMs, heldAtMs: nowMs },
        reason: "burning",
        rate,
      };
}

/** How many times faster than allowed the budget burns; 1 uses it up exactly by the end of the period. */
export const burnRate = ({ counted, bad }: BurnCount, budget: number): number =>
  counted === 0 ? 0 : bad / counted / budget;

function holds(rule: BurnRule, counts: Readonly<Record<BurnWindow, BurnCount>>, budget: number): boolean {
  const [long, short] = [counts[rule.long], counts[rule.short]];
  return (
    long.bad >= BAD_MINUTES_MIN &&
    isMeasured(long, rule.long) &&
    isMeasured(short, rule.short) &&
    burnRate(long, budget) >= rule.rate &&
    burnRate(short, budget) >= rule.rate
  );
}

const isMeasured = ({ counted }: BurnCount, window: BurnWindow): boolean =>
  counted * MINUTE_MS >= BURN_WINDOW_MS[window] * MEASURED_RATIO_MIN;

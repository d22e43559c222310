/**
 * What the last verdict-minutes say beside up and down: degraded, login wall, one region failing alone, slow, error
 * rate. The minutes of the last half hour are kept as facts and folded anew with every one that arrives, so that a
 * late or corrected minute amends the result whatever the order of arrival.
 */
import type { StateRules } from "./endpoint-state-rules.ts";
import type { Vote } from "./packed-vote.ts";
import type { FailureReason, ProbeState } from "./states.ts";

/** One verdict-minute as the machine remembers it. */
export interface MinuteFacts {
  readonly minute: number;
  readonly revision: number;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  /** Region results that say something of the endpoint: all but `unknown`. */
  readonly answered: number;
  readonly failed: number;
  /** The one region that said `down` while others answered and did not. */
  readonly aloneRegion: string | null;
  /** Null when there is no latency or no baseline to judge it by. */
  readonly isSlow: boolean | null;
}

/** A two-sided threshold: `streak` consecutive minutes have contradicted `isOn`. */
export interface Switch {
  readonly isOn: boolean;
  readonly streak: number;
}

export interface MinuteFold {
  readonly degraded: Switch;
  /** Null until the first minute that tells a login wall from an open door. */
  readonly walled: Switch | null;
  readonly slow: Switch;
  /** Only regions that are warned about, or on their way there. */
  readonly regional: Readonly<Record<string, Switch>>;
  readonly degradedReason: FailureReason | null;
  readonly walledReason: FailureReason | null;
}

export interface MinuteMemory {
  /** Ascending; the last half hour, and at least the newest six. */
  readonly minutes: readonly MinuteFacts[];
  /** The fold of everything older. */
  readonly base: MinuteFold;
  /** Minutes up to this one are folded into `base` or lie before the present committed state: too old to amend. */
  readonly closedThroughMinute: number;
  readonly isErrorRateElevated: boolean;
}

const OFF: Switch = { isOn: false, streak: 0 };
export const EMPTY_FOLD: MinuteFold = {
  degraded: OFF,
  walled: null,
  slow: OFF,
  regional: {},
  degradedReason: null,
  walledReason: null,
};
export const EMPTY_MINUTES: MinuteMemory = {
  minutes: [],
  base: EMPTY_FOLD,
  closedThroughMinute: -1,
  isErrorRateElevated: false,
};

/** Corrections come at most five minutes late: six minutes stay open to them even at slow cadences. */
const MINUTES_KEPT_MIN = 6;

export function minuteFacts(
  input: {
    readonly minute: number;
    readonly revision: number;
    readonly state: ProbeState;
    readonly reason: FailureReason | null;
    readonly latencyMs: number | null;
    readonly votes: Readonly<Record<string, Vote>>;
  },
  baselineLatencyMsP95: number | null,
  rules: StateRules,
): MinuteFacts {
  const counted = Object.entries(input.votes).filter(([, vote]) => vote.state !== "unknown");
  const failing = counted.filter(([, vote]) => vote.state === "down").map(([region]) => region);
  const [aloneRegion = null] = failing.length === 1 && counted.length > 1 ? failing : [];
  return {
    minute: input.minute,
    revision: input.revision,
    state: input.state,
    reason: input.reason,
    answered: counted.length,
    failed: failing.length,
    aloneRegion,
    isSlow:
      input.latencyMs === null || baselineLatencyMsP95 === null
        ? null
        : input.latencyMs > rules.latencyFactor * baselineLatencyMsP95,
  };
}

export type MinuteOutcome = "minute-counted" | "minute-amended" | "minute-seen-before" | "minute-too-old";

/** Takes one minute in. An equal or older revision of a known minute changes nothing. */
export function rememberMinute(
  memory: MinuteMemory,
  facts: MinuteFacts,
  rules: StateRules,
): { readonly next: MinuteMemory; readonly outcome: MinuteOutcome } {
  if (facts.minute <= memory.closedThroughMinute) {
    return { next: memory, outcome: "minute-too-old" };
  }
  const known = memory.minutes.find(({ minute }) => minute === facts.minute);
  if (known && known.revision >= facts.revision) {
    return { next: memory, outcome: "minute-seen-before" };
  }
  const others = memory.minutes.filter(({ minute }) => minute !== facts.minute);
  const minutes = [...others, facts].sort((a, b) => a.minute - b.minute);
  const isErrorRateElevated = judgeErrorRate(minutes, memory.isErrorRateElevated, rules);
  const next = forgetOldMinutes({ ...memory, minutes, isErrorRateElevated }, rules);
  return { next, outcome: known ? "minute-amended" : "minute-counted" };
}

/** Forgets the minutes before a change of the committed state; only what the login wall looked like is kept. */
export function restartMinutes(memory: MinuteMemory, throughMinute: number, rules: StateRules): MinuteMemory {
  const { walled, walledReason } = foldMinutes(memory, rules);
  return {
    ...EMPTY_MINUTES,
    base: { ...EMPTY_FOLD, walled: walled && { ...walled, streak: 0 }, walledReason },
    closedThroughMinute: Math.max(throughMinute, memory.closedThroughMinute),
  };
}

export const foldMinutes = (memory: MinuteMemory, rules: StateRules): MinuteFold =>
  memory.minutes.reduce((fold, facts) => foldMinute(fold, facts, rules), memory.base);

function forgetOldMinutes(memory: MinuteMemory, rules: StateRules): MinuteMemory {
  const newest = memory.minutes.at(-1)?.minute ?? 0;
  const isOld = ({ minute }: MinuteFacts, index: number) =>
    minute <= newest - rules.errorWindowMinutes && index < memory.minutes.length - MINUTES_KEPT_MIN;
  const old = memory.minutes.filter(isOld);
  return {
    ...memory,
    minutes: memory.minutes.slice(old.length),
    base: old.reduce((fold, facts) => foldMinute(fold, facts, rules), memory.base),
    closedThroughMinute: Math.max(memory.closedThroughMinute, old.at(-1)?.minute ?? -1),
  };
}

function foldMinute(fold: MinuteFold, facts: MinuteFacts, rules: StateRules): MinuteFold {
  if (facts.state === "unknown") {
    return fold;
  }
  const isBad = facts.state === "degraded" || facts.state === "down";
  const { degradedRaiseMinutes, degradedClearMinutes, latencyRaiseMinutes, latencyClearMinutes } = rules;
  return {
    degraded: stepSwitch(fold.degraded, isBad, degradedRaiseMinutes, degradedClearMinutes),
    walled: stepAccess(fold.walled, facts.state, rules),
    slow:
      facts.isSlow === null
        ? fold.slow
        : stepSwitch(fold.slow, facts.isSlow, latencyRaiseMinutes, latencyClearMinutes),
    regional: stepRegional(fold.regional, facts, rules),
    degradedReason: isBad ? facts.reason : fold.degradedReason,
    walledReason: facts.state === "auth_walled" ? facts.reason : fold.walledReason,
  };
}

function stepSwitch(current: Switch, isOn: boolean, raiseAfter: number, clearAfter: number): Switch {
  if (isOn === current.isOn) {
    return current.streak === 0 ? current : { ...current, streak: 0 };
  }
  const streak = current.streak + 1;
  return streak >= (isOn ? raiseAfter : clearAfter) ? { isOn, streak: 0 } : { ...current, streak };
}

/** Only `up` and `auth_walled` tell the two doors apart; a bad minute in between makes the two no longer consecutive. */
function stepAccess(current: Switch | null, state: ProbeState, rules: StateRules): Switch | null {
  const isTelling = state === "up" || state === "auth_walled";
  if (current === null) {
    return isTelling ? { isOn: state === "auth_walled", streak: 0 } : null;
  }
  const isWalled = isTelling ? state === "auth_walled" : current.isOn;
  return stepSwitch(current, isWalled, rules.accessChangeMinutes, rules.accessChangeMinutes);
}

/** A minute that only one region answered cannot say that a region fails alone. */
function stepRegional(
  current: MinuteFold["regional"],
  facts: MinuteFacts,
  rules: StateRules,
): MinuteFold["regional"] {
  if (facts.answered < 2) {
    return current;
  }
  const regions = new Set([
    ...Object.keys(current),
    ...(facts.aloneRegion === null ? [] : [facts.aloneRegion]),
  ]);
  const stepped = [...regions].sort().map((region): [string, Switch] => {
    const isAlone = facts.aloneRegion === region;
    const { regionalRaiseMinutes, regionalClearMinutes } = rules;
    return [region, stepSwitch(current[region] ?? OFF, isAlone, regionalRaiseMinutes, regionalClearMinutes)];
  });
  return Object.fromEntries(stepped.filter(([, { isOn, streak }]) => isOn || streak > 0));
}

/** A window without answers says nothing: it neither raises nor clears. */
function judgeErrorRate(minutes: readonly MinuteFacts[], isElevated: boolean, rules: StateRules): boolean {
  const newest = minutes.at(-1)?.minute ?? 0;
  const recent = minutes.filter(({ minute }) => minute > newest - rules.errorWindowMinutes);
  const answered = recent.reduce((sum, facts) => sum + facts.answered, 0);
  const failed = recent.reduce((sum, facts) => sum + facts.failed, 0);
  return isElevated
    ? answered === 0 || (failed >= answered * rules.errorRatioClear && failed > 0)
    : failed >= rules.errorsMin && failed > answered * rules.errorRatioRaise;
}

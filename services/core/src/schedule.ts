/**
 * Slot arithmetic: an endpoint is due at every instant `phaseMs + n * cadenceMs`. Everything is derived from the
 * endpoint's timing, so that any scheduler, at any time, finds the same slots.
 */
import type { EndpointPlan } from "./endpoint-plan.ts";
import { MINUTE_MS } from "./pipeline.ts";

const DAY_MS = 86_400_000;

/** Schedulers claim and enqueue slots in windows of this length. */
export const WINDOW_MS = 5_000;
export const windowOf = (atMs: number) => atMs - (atMs % WINDOW_MS);

export interface Timing {
  readonly cadenceMs: number;
  /** 0 ≤ phaseMs < cadenceMs. */
  readonly phaseMs: number;
}

/** FNV-1a, 32 bits (RFC 9923): spreads endpoint ids over phases, rounds and regions. */
export function hashOfId(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Unclaimed endpoints are never probed more often, whoever follows them. */
export const UNCLAIMED_CADENCE_S_MIN = 60;
export const DEAD_WEEK_CADENCE_S = 15 * 60;
export const DEAD_MONTH_CADENCE_S = 60 * 60;

/**
 * Seconds between two slots before any stretching. An unclaimed endpoint nobody follows, without an answer for 7 days,
 * is asked every 15 min; for 30 days, hourly. Claimed and followed ones keep their cadence, dead or not.
 */
export function wantedCadenceS(
  plan: Pick<EndpointPlan, "cadenceS" | "isUnclaimed" | "isFollowed" | "deadSinceMs">,
  nowMs: number,
): number {
  if (!plan.isUnclaimed) {
    return plan.cadenceS;
  }
  const cadenceS = Math.max(plan.cadenceS, UNCLAIMED_CADENCE_S_MIN);
  if (plan.isFollowed || plan.deadSinceMs === null) {
    return cadenceS;
  }
  const deadMs = nowMs - plan.deadSinceMs;
  if (deadMs >= 30 * DAY_MS) {
    return Math.max(cadenceS, DEAD_MONTH_CADENCE_S);
  }
  return deadMs >= 7 * DAY_MS ? Math.max(cadenceS, DEAD_WEEK_CADENCE_S) : cadenceS;
}

/** The first slot in [fromMs, toMs), or null. A window is shorter than any cadence, so there is at most one. */
export function slotInWindow(timing: Timing, fromMs: number, toMs: number): number | null {
  const { cadenceMs, phaseMs } = timing;
  const slotAtMs = fromMs + ((((phaseMs - fromMs) % cadenceMs) + cadenceMs) % cadenceMs);
  return slotAtMs < toMs ? slotAtMs : null;
}

/** The timing with one slot in `factor`; which one comes from the id, so that endpoints still spread. */
export function stretchTiming(timing: Timing, factor: number, hash: number): Timing {
  return {
    cadenceMs: timing.cadenceMs * factor,
    phaseMs: timing.phaseMs + (hash % factor) * timing.cadenceMs,
  };
}

/** The last slot of the UTC minute that `slotAtMs`, itself a slot, lies in. The minute can be sealed after it. */
export function lastSlotOfMinuteAtMs(timing: Pick<Timing, "cadenceMs">, slotAtMs: number): number {
  const leftMs = MINUTE_MS - 1 - (slotAtMs % MINUTE_MS);
  return slotAtMs + leftMs - (leftMs % timing.cadenceMs);
}

/** How many minutes a verdict-minute stands for: the cadence, at least one. */
export function coversMinutes(cadenceMs: number): number {
  return Math.max(1, Math.ceil(cadenceMs / MINUTE_MS));
}

/**
 * The regions one slot is probed from: all of the endpoint's, or for an unclaimed one a single region that moves on
 * with every slot. `available` is never empty.
 */
export function regionsOfSlot(
  input: { readonly isUnclaimed: boolean; readonly hash: number; readonly cadenceMs: number },
  slotAtMs: number,
  available: readonly string[],
): readonly string[] {
  if (!input.isUnclaimed) {
    return available;
  }
  const turn = Math.floor(slotAtMs / input.cadenceMs) + input.hash;
  return [available[turn % available.length] as string];
}

/** An endpoint cannot hide behind `Retry-After` for longer than this. */
export const RETRY_AFTER_HONOURED_MS_MAX = 3_600_000;
/** The instant until which `Retry-After`, heard at `heardAtMs`, keeps us away. */
export const honouredRetryAfterMs = (heardAtMs: number, retryAfterMs: number) =>
  heardAtMs + Math.min(retryAfterMs, RETRY_AFTER_HONOURED_MS_MAX);

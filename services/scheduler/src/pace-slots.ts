import { hostBudget, unclaimedDomainBudget } from "@alivemcp/core/start-budget";
import { reserveStarts } from "@alivemcp/runtime/reserve-starts";
import type { Deps } from "./deps.ts";
import type { PlannedSlot } from "./plan-window.ts";

/** A slot that finds no place is carried over to later seconds for this long after it could first have started. */
const CARRIED_MS_MAX = 8_000;
/** And never past this: its jobs would be dropped as late. */
const LATE_MS_MAX = 25_000;

export interface PacedRound {
  /** May start now: their starts are reserved. */
  readonly ready: readonly PlannedSlot[];
  /** Not due yet, or over a budget in this second. */
  readonly waiting: readonly PlannedSlot[];
}

/**
 * Picks the paced slots whose second has come and whose host and domain still have starts left in this second. The
 * budgets are shared with every other caller. Slots that found no place within 8 s are dropped and counted.
 */
export async function paceSlots(
  deps: Pick<Deps, "redis" | "clock" | "metrics">,
  window: { waiting: readonly PlannedSlot[]; claimedAtMs: number },
): Promise<PacedRound> {
  const nowMs = deps.clock.nowMs();
  const isDue = ({ slotAtMs }: PlannedSlot) => slotAtMs - (slotAtMs % 1_000) <= nowMs;
  const isLate = ({ slotAtMs }: PlannedSlot) =>
    nowMs - Math.max(slotAtMs, window.claimedAtMs) > CARRIED_MS_MAX || nowMs - slotAtMs > LATE_MS_MAX;
  const due = window.waiting.filter(isDue);
  const asked = due.filter((slot) => !isLate(slot));
  deps.metrics.slotsDropped.inc(due.length - asked.length);
  const answers = await Promise.all(asked.map((slot) => reserve(deps, slot, nowMs)));
  return {
    ready: asked.filter((_slot, n) => answers[n]),
    waiting: [...asked.filter((_slot, n) => !answers[n]), ...window.waiting.filter((slot) => !isDue(slot))],
  };
}

async function reserve(deps: Pick<Deps, "redis">, slot: PlannedSlot, nowMs: number): Promise<boolean> {
  if (slot.pace === null) {
    return true;
  }
  const { host, unclaimedDomain } = slot.pace;
  if (
    unclaimedDomain !== null &&
    !(await reserveStarts(deps.redis, unclaimedDomainBudget(unclaimedDomain, nowMs), 1))
  ) {
    return false;
  }
  return reserveStarts(deps.redis, hostBudget(host, nowMs), slot.jobs.length);
}

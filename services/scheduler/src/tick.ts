/**
 * One turn of the scheduler: claims the windows that began, plans their slots, adds the jobs, marks the windows done.
 * One probe job in seven files, file 1. Next: services/core/src/pipeline.ts, what a job is.
 */
import { WINDOW_MS, windowOf } from "@alivemcp/core/schedule";
import type { ScheduleClaim } from "@alivemcp/db/queries/schedule-claims-system";
import { newTraceparent } from "@alivemcp/runtime/traceparent";
import { CLAIM_LEASE_MS, claimWindows, finishWindows, type WindowClaim } from "./claim-windows.ts";
import type { Conditions } from "./conditions.ts";
import type { Deps } from "./deps.ts";
import { enqueueJobs } from "./enqueue-jobs.ts";
import { paceSlots } from "./pace-slots.ts";
import { type PlannedSlot, planWindow } from "./plan-window.ts";

/** How often the scheduler looks whether a second has turned. */
export const TICK_EVERY_MS = 200;
/** Windows that began this long ago are still taken over: a job is run up to 30 s late, never later. */
const TAKEOVER_MS = 25_000;
/** Shards claimed at once; the rest is left to other schedulers until these are done. */
const CLAIMS_PER_GO = 4;
/** Every shard of every window that is looked back at, with room to spare. */
const GOES_PER_TICK_MAX = 64;

/** A claimed window some of whose slots wait for their second. */
interface OpenWindow {
  readonly claim: ScheduleClaim;
  readonly claimedAtMs: number;
  readonly waiting: readonly PlannedSlot[];
}

export interface TickState {
  secondLastDone: number;
  conditions: Conditions;
  open: readonly OpenWindow[];
}

/**
 * Does what the present second asks for, once. A window is enqueued as it begins, in the order of its slots; slots that
 * share a host's or a domain's budget follow in their own second. When anything fails the claim is left unfinished: it
 * is taken over when its lease ends, and the ids of jobs already added make that add nothing.
 */
export async function tick(deps: Deps, state: TickState): Promise<void> {
  const second = Math.floor(deps.clock.nowMs() / 1_000);
  if (second === state.secondLastDone || deps.snapshotAge.last === null) {
    return;
  }
  state.secondLastDone = second;
  if (deps.queueConnection.status !== "ready") {
    throw new Error("Redis is away: nothing is claimed that could not be enqueued");
  }
  await enqueueWaiting(deps, state);
  const windowAtMs = windowOf(second * 1_000);
  const windowsAtMs = Array.from(
    { length: 1 + TAKEOVER_MS / WINDOW_MS },
    (_, n) => windowAtMs - n * WINDOW_MS,
  );
  for (let go = 0; go < GOES_PER_TICK_MAX; go += 1) {
    const claims = await claimWindows(deps, { windowsAtMs, limit: CLAIMS_PER_GO });
    if (claims.length === 0) {
      return;
    }
    await enqueueWindows(deps, state, claims);
  }
}

async function enqueueWindows(deps: Deps, state: TickState, claims: readonly WindowClaim[]): Promise<void> {
  const claimedAtMs = deps.clock.nowMs();
  const planned = claims.map((claim) => ({
    claim,
    slots: claim.isDone ? [] : planWindow({ ...deps, conditions: state.conditions, newTraceparent }, claim),
  }));
  const atOnce = planned.flatMap(({ slots }) => slots.filter((slot) => slot.pace === null));
  await enqueueJobs(
    deps,
    atOnce.flatMap((slot) => slot.jobs),
  );
  for (const { windowAtMs } of claims) {
    deps.metrics.lateness.observe((deps.clock.nowMs() - windowAtMs) / 1_000);
  }
  const withPaced = planned.map(({ claim, slots }) => ({
    claim,
    claimedAtMs,
    waiting: slots.filter((slot) => slot.pace !== null),
  }));
  await finishWindows(
    deps,
    withPaced.filter(({ waiting }) => waiting.length === 0).map(({ claim }) => claim),
  );
  state.open = [...state.open, ...withPaced.filter(({ waiting }) => waiting.length > 0)];
}

/** Adds the slots whose second has come. A window whose lease ran out meanwhile is somebody else's. */
async function enqueueWaiting(deps: Deps, state: TickState): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const held = state.open.filter(({ claimedAtMs }) => nowMs - claimedAtMs < CLAIM_LEASE_MS);
  state.open = [];
  const next = await Promise.all(
    held.map(async (window) => {
      const { ready, waiting } = await paceSlots(deps, window);
      await enqueueJobs(
        deps,
        ready.flatMap((slot) => slot.jobs),
      );
      return { ...window, waiting };
    }),
  );
  const done = next.filter(({ waiting }) => waiting.length === 0);
  if (done.length > 0) {
    await finishWindows(
      deps,
      done.map(({ claim }) => claim),
    );
  }
  state.open = next.filter(({ waiting }) => waiting.length > 0);
}

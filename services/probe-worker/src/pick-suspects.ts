/** Why a child had to go: its loop stood still, a probe went on after an abort, or it ended by itself. */
export type KillCause = "stalled" | "ignored-abort" | "crashed" | "never-ready";

/** One probe in a child, as the supervisor sees it. Times are monotonic milliseconds. */
export interface RunningProbe {
  readonly dispatch: number;
  /** Until it should have ended itself. */
  readonly budgetMs: number;
  readonly sentMs: number;
}

/** When a child's patience ends; all in milliseconds. */
export interface ChildPolicy {
  /** Silence after which the loop counts as stalled. */
  readonly stallMs: number;
  /** After the probe's own deadline: the supervisor's abort. */
  readonly abortAfterBudgetMs: number;
  /** After the probe's own deadline: SIGKILL. */
  readonly killAfterBudgetMs: number;
  /** From fork to the first message. */
  readonly readyWithinMs: number;
}

/** A 30-s probe ends itself at 30 s, is aborted at 35 s and killed at 45 s: the hard limit is 50 s. */
export const CHILD_POLICY: ChildPolicy = {
  stallMs: 5_000,
  abortAfterBudgetMs: 5_000,
  killAfterBudgetMs: 15_000,
  readyWithinMs: 20_000,
};

/** More than the one that stalled the loop, for work that was handed to another turn of it; few, since they re-run one by one. */
export const SUSPECTS_MAX = 4;

/** Says whether a probe outlived its own deadline, so that the supervisor must abort it. */
export function isOverdue(probe: RunningProbe, nowMs: number, policy: ChildPolicy): boolean {
  return nowMs - probe.sentMs >= probe.budgetMs + policy.abortAfterBudgetMs;
}

/** Says whether a probe had its abort and went on all the same. */
export function hasIgnoredAbort(probe: RunningProbe, nowMs: number, policy: ChildPolicy): boolean {
  return nowMs - probe.sentMs >= probe.budgetMs + policy.killAfterBudgetMs;
}

/**
 * Names the probes that may have brought a child down; the others are innocent and go on elsewhere. `touched` are the
 * dispatches of the flight recorder, newest first. A child that died without having worked on any of its probes (the
 * machine's own OOM killer, say) leaves no suspect.
 */
export function pickSuspects(
  death: {
    readonly cause: KillCause;
    readonly running: readonly RunningProbe[];
    readonly touched: readonly number[];
    readonly nowMs: number;
  },
  policy: ChildPolicy,
): ReadonlySet<number> {
  switch (death.cause) {
    case "never-ready":
      return new Set();
    case "ignored-abort":
      return new Set(
        death.running
          .filter((probe) => hasIgnoredAbort(probe, death.nowMs, policy))
          .map((probe) => probe.dispatch),
      );
    case "stalled":
    case "crashed": {
      const running = new Set(death.running.map((probe) => probe.dispatch));
      return new Set(death.touched.filter((dispatch) => running.has(dispatch)).slice(0, SUSPECTS_MAX));
    }
  }
}

/** What one child has to do: its probes and self-checks, by the number they were sent under. */
import type { ProbeStep } from "@alivemcp/core/pipeline";
import type { FromChild, ProbeFound } from "./child-protocol.ts";
import {
  type ChildPolicy,
  hasIgnoredAbort,
  isOverdue,
  type KillCause,
  pickSuspects,
  type RunningProbe,
} from "./pick-suspects.ts";

/** What became of one probe in a child. */
export type RunOutcome =
  | { readonly kind: "found"; readonly found: ProbeFound }
  /** The child died first. A suspect may have caused it; the others did not. */
  | { readonly kind: "lost"; readonly cause: KillCause | "stopped"; readonly isSuspect: boolean };

interface Run extends Omit<RunningProbe, "sentMs"> {
  sentMs: number;
  readonly onStep: ((step: ProbeStep) => void) | undefined;
  readonly settle: (outcome: RunOutcome) => void;
  isAborted: boolean;
}

export interface RunBook {
  readonly inFlight: number;
  /** Enters a probe and gives the number to send it under. */
  addRun(entry: Pick<Run, "budgetMs" | "onStep" | "settle">): number;
  /** Starts every probe's time anew: they waited for the child to start, and that was not theirs. */
  restartClocks(nowMs: number): void;
  addCheck(answer: (isOk: boolean | null) => void): number;
  /** Hands a child's message to whoever waits for it; unknown numbers are left alone. */
  take(message: FromChild): void;
  /** Probes that must be aborted now (each is named once), and whether one went on after its abort. */
  inspect(nowMs: number): { readonly toAbort: readonly number[]; readonly hasIgnoredAbort: boolean };
  /** Settles everything as lost; says how many probes and suspects there were. */
  loseAll(death: {
    readonly cause: KillCause | "stopped";
    readonly touched: readonly number[];
    readonly nowMs: number;
  }): { readonly lost: number; readonly suspects: number };
}

export function createRunBook(policy: ChildPolicy): RunBook {
  const runs = new Map<number, Run>();
  const checks = new Map<number, (isOk: boolean | null) => void>();
  let lastNumber = 0;

  const settleFound = (message: Extract<FromChild, { kind: "found" }>) => {
    const { finding, toolList, isTimingDiscarded } = message;
    runs.get(message.dispatch)?.settle({ kind: "found", found: { finding, toolList, isTimingDiscarded } });
    runs.delete(message.dispatch);
  };
  return {
    get inFlight() {
      return runs.size;
    },
    addRun(entry) {
      lastNumber += 1;
      runs.set(lastNumber, { ...entry, dispatch: lastNumber, sentMs: performance.now(), isAborted: false });
      return lastNumber;
    },
    restartClocks(nowMs) {
      for (const run of runs.values()) {
        run.sentMs = nowMs;
      }
    },
    addCheck(answer) {
      lastNumber += 1;
      checks.set(lastNumber, answer);
      return lastNumber;
    },
    take(message) {
      if (message.kind === "step") {
        runs.get(message.dispatch)?.onStep?.(message.step);
      } else if (message.kind === "found") {
        settleFound(message);
      } else if (message.kind === "self-checked") {
        checks.get(message.check)?.(message.isOk);
        checks.delete(message.check);
      }
    },
    inspect(nowMs) {
      const toAbort = [...runs.values()].filter((run) => !run.isAborted && isOverdue(run, nowMs, policy));
      for (const run of toAbort) {
        run.isAborted = true;
      }
      return {
        toAbort: toAbort.map((run) => run.dispatch),
        hasIgnoredAbort: [...runs.values()].some((run) => hasIgnoredAbort(run, nowMs, policy)),
      };
    },
    loseAll({ cause, touched, nowMs }) {
      const running = [...runs.values()];
      const suspects =
        cause === "stopped" ? new Set<number>() : pickSuspects({ cause, running, touched, nowMs }, policy);
      for (const run of running) {
        run.settle({ kind: "lost", cause, isSuspect: suspects.has(run.dispatch) });
      }
      for (const answer of checks.values()) {
        answer(null);
      }
      runs.clear();
      checks.clear();
      return { lost: running.length, suspects: suspects.size };
    },
  };
}

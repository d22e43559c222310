import type { ProbeStep } from "@alivemcp/core/pipeline";
import type { Logger } from "@alivemcp/runtime/logger";
import {
  type FromChild,
  HANDOVER_BUDGET_MS,
  type HandoverOrder,
  type ProbeOrder,
  type ToChild,
} from "./child-protocol.ts";
import { type ChildExit, type ChildSpec, openChild } from "./open-child.ts";
import type { ChildPolicy, KillCause } from "./pick-suspects.ts";
import { createRunBook, type RunOutcome } from "./run-book.ts";

/** One probe for one child. */
export interface LaneProbe {
  readonly order: ProbeOrder;
  /** Null in general children. */
  readonly handover: HandoverOrder | null;
  readonly onStep: ((step: ProbeStep) => void) | undefined;
}

/** One child with its probes, from fork to exit. */
export interface Lane {
  readonly pid: number;
  readonly inFlight: number;
  /** It can be given work (which waits until the child has started). */
  readonly isOpen: boolean;
  /** It has started and listens. */
  readonly isReady: boolean;
  /** Largest delay of its event loop in the last second. */
  readonly loopDelayMs: number;
  run(probe: LaneProbe): Promise<RunOutcome>;
  /** Null when the child died before it could answer. */
  selfCheck(urls: readonly string[]): Promise<boolean | null>;
  /** Aborts what is overdue and kills the child when it stalls or does not listen. Called a few times a second. */
  watch(nowMs: number): void;
  /** Forgets how long the child was silent: for when the supervisor itself was not listening. */
  forgive(nowMs: number): void;
  /** Lets the child leave by itself; kills it after a second. */
  stop(): void;
}

export interface LaneDeps {
  readonly log: Logger;
  readonly childSpec: ChildSpec;
  readonly childPolicy: ChildPolicy;
  readonly countKill: (cause: KillCause) => void;
}

const STOP_WITHIN_MS = 1_000;

/** Forks a child and keeps book of its probes. `onDeath` is called once, after every probe in it was settled. */
export function openLane(deps: LaneDeps, onDeath: (death: { hadBeenReady: boolean }) => void): Lane {
  const { childPolicy: policy } = deps;
  const book = createRunBook(policy);
  const unsent: ToChild[] = [];
  let isReady = false;
  let endCause: KillCause | "stopped" | null = null;
  let heardMs = performance.now();
  let loopDelayMs = 0;

  const onMessage = (message: FromChild) => {
    heardMs = performance.now();
    if (message.kind === "ready") {
      isReady = true;
      book.restartClocks(heardMs);
      unsent.splice(0).forEach(child.send);
    } else if (message.kind === "beat") {
      loopDelayMs = message.loopDelayMs;
    } else {
      book.take(message);
    }
  };
  const onExit = ({ touched, ...exit }: ChildExit) => {
    const cause = endCause ?? "crashed";
    endCause = cause;
    const { lost, suspects } = book.loseAll({ cause, touched, nowMs: performance.now() });
    if (cause !== "stopped") {
      deps.log.error({ pid: child.pid, cause, ...exit, lost, suspects }, "probe child died");
      deps.countKill(cause);
    }
    onDeath({ hadBeenReady: isReady });
  };
  const child = openChild(deps.childSpec, { onMessage, onExit });

  const send = (message: ToChild) => void (isReady ? child.send(message) : unsent.push(message));
  const kill = (cause: KillCause) => {
    endCause = cause;
    child.kill();
  };
  return {
    pid: child.pid,
    get inFlight() {
      return book.inFlight;
    },
    get isOpen() {
      return endCause === null;
    },
    get isReady() {
      return isReady && endCause === null;
    },
    get loopDelayMs() {
      return loopDelayMs;
    },
    run: async (probe) => {
      if (endCause !== null) {
        return { kind: "lost", cause: "stopped", isSuspect: false };
      }
      return new Promise((settle) => {
        const dispatch = book.addRun({ budgetMs: budgetOf(probe), onStep: probe.onStep, settle });
        send(messageOf(dispatch, probe));
      });
    },
    selfCheck: async (urls) =>
      endCause === null
        ? new Promise((answer) => send({ kind: "self-check", check: book.addCheck(answer), urls }))
        : null,
    watch(nowMs) {
      if (endCause !== null) {
        return;
      }
      const silentMs = nowMs - heardMs;
      if (!isReady) {
        if (silentMs > policy.readyWithinMs) {
          kill("never-ready");
        }
        return;
      }
      const { toAbort, hasIgnoredAbort } = book.inspect(nowMs);
      if (silentMs > policy.stallMs) {
        kill("stalled");
      } else if (hasIgnoredAbort) {
        kill("ignored-abort");
      }
      for (const dispatch of toAbort) {
        send({ kind: "abort", dispatch });
      }
    },
    forgive(nowMs) {
      heardMs = nowMs;
    },
    stop() {
      endCause ??= "stopped";
      child.disconnect();
      setTimeout(() => child.kill(), STOP_WITHIN_MS).unref();
    },
  };
}

function messageOf(dispatch: number, { order, handover, onStep }: LaneProbe): ToChild {
  return { kind: "probe", dispatch, order, handover, hasSteps: onStep !== undefined };
}

function budgetOf({ order, handover }: LaneProbe): number {
  return order.budgetMs + (handover === null ? 0 : HANDOVER_BUDGET_MS);
}

/**
 * The child's side of the protocol: runs what the supervisor sends until the supervisor is gone. Holds no queue and no
 * Redis; may be killed at any instant.
 */
import type { ProbeStep } from "@alivemcp/core/pipeline";
import {
  BEAT_EVERY_MS,
  type FromChild,
  type HandoverOrder,
  type ProbeFound,
  type ProbeOrder,
  type ToChild,
} from "./child-protocol.ts";
import { createLoopDelayWatch } from "./loop-delay-watch.ts";

export interface ProbeContext {
  readonly dispatch: number;
  readonly handover: HandoverOrder | null;
  readonly signal: AbortSignal;
  readonly onStep: (step: ProbeStep) => void;
}

export interface ChildWork {
  /** Runs one probe; ends soon after `signal` aborts. */
  probe(order: ProbeOrder, context: ProbeContext): Promise<Pick<ProbeFound, "finding" | "toolList">>;
  /** Says whether any of the URLs answers. */
  selfCheck(urls: readonly string[]): Promise<boolean>;
  /** Notes that CPU is about to be spent on this dispatch. */
  touch(dispatch: number): void;
}

type ProbeMessage = Extract<ToChild, { kind: "probe" }>;

export function serveProbes(work: ChildWork): void {
  const running = new Map<number, AbortController>();
  const loop = createLoopDelayWatch();

  const probe = async (message: ProbeMessage) => {
    const { dispatch, order, handover, hasSteps } = message;
    const abort = new AbortController();
    if (running.size === 0) {
      loop.start();
    }
    running.set(dispatch, abort);
    work.touch(dispatch);
    const startedMs = performance.now();
    let handshakeMs: number | undefined;
    const onStep = (step: ProbeStep) => {
      work.touch(dispatch);
      if (step.step === "handshake") {
        handshakeMs = performance.now();
      }
      if (hasSteps) {
        tell({ kind: "step", dispatch, step });
      }
    };
    const { finding, toolList } = await work.probe(order, {
      dispatch,
      handover,
      signal: abort.signal,
      onStep,
    });
    const isTimingDiscarded =
      finding.latencyMs !== null && loop.wasLate(startedMs, handshakeMs ?? performance.now());
    running.delete(dispatch);
    if (running.size === 0) {
      loop.stop();
    }
    const latencyMs = isTimingDiscarded ? null : finding.latencyMs;
    tell({ kind: "found", dispatch, finding: { ...finding, latencyMs }, toolList, isTimingDiscarded });
  };

  process.on("message", (message: ToChild) => {
    switch (message.kind) {
      case "probe":
        void probe(message);
        break;
      case "abort":
        running.get(message.dispatch)?.abort();
        break;
      case "self-check":
        void work
          .selfCheck(message.urls)
          .then((isOk) => tell({ kind: "self-checked", check: message.check, isOk }));
        break;
    }
  });
  setInterval(() => tell({ kind: "beat", loopDelayMs: loop.takeMaxMs() }), BEAT_EVERY_MS);
  // Ctrl-C reaches the whole process group; only the supervisor decides when its children end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  process.on("disconnect", () => process.exit(0));
  tell({ kind: "ready" });
}

/** A message that cannot be delivered means the supervisor is gone; `disconnect` follows. */
function tell(message: FromChild): void {
  process.send?.(message, undefined, undefined, () => {});
}

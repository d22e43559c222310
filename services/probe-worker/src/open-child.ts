import { fork } from "node:child_process";
import type { ChildSetup, FromChild, ToChild } from "./child-protocol.ts";
import { openFlightRecording } from "./flight-recorder.ts";

export interface ChildSpec {
  /** Module the child runs: `src/child.ts`, or a test's own. */
  readonly script: URL;
  readonly setup: ChildSetup;
  /** Bound of the child's old generation; a child that needs more dies alone. */
  readonly heapMb: number;
  /** The child's whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Child {
  readonly pid: number;
  send(message: ToChild): void;
  /** Ends it at once, whatever it does. */
  kill(): void;
  /** Lets it end by itself: it leaves when its channel closes. */
  disconnect(): void;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Tail of what it wrote to standard error. */
  readonly stderr: string;
  /** The dispatches it worked on last, newest first. */
  readonly touched: readonly number[];
}

const STDERR_KEPT = 2_000;
/** Half the default: after a burst of 5,000 probes a child holds 114 MB instead of 214, for a seventh more CPU. */
const YOUNG_MB = 8;

/**
 * Forks one child. `onExit` is called exactly once, and no message comes after it. A failing `send` is not
 * reported: the exit that follows is.
 */
export function openChild(
  spec: ChildSpec,
  events: {
    onMessage: (message: FromChild) => void;
    onExit: (exit: ChildExit) => void;
  },
): Child {
  const recording = openFlightRecording();
  const child = fork(spec.script, [JSON.stringify(spec.setup)], {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${spec.heapMb}`, `--max-semi-space-size=${YOUNG_MB}`],
    env: { ...spec.env },
    stdio: ["ignore", "ignore", "pipe", "ipc", recording.fd],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  let isOver = false;
  const end = (code: number | null, signal: string | null) => {
    if (!isOver) {
      isOver = true;
      const touched = recording.read();
      recording.close();
      events.onExit({ code, signal, stderr, touched });
    }
  };
  child.on("message", (message) => {
    if (!isOver) {
      events.onMessage(message as FromChild);
    }
  });
  child.on("exit", end);
  child.on("error", (err) => {
    stderr += err.message;
    if (child.pid === undefined) {
      end(null, null);
    }
  });
  return {
    pid: child.pid ?? 0,
    send: (message) => void child.send(message, undefined, undefined, () => {}),
    kill: () => void child.kill("SIGKILL"),
    disconnect: () => {
      if (child.connected) {
        child.disconnect();
      }
    },
  };
}

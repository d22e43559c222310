import { type ChildProcess, spawn } from "node:child_process";
import type { Leash } from "../services/leash.ts";
import { endService } from "../services/running-service.ts";
import { openProcessLog } from "./process-log.ts";

/** A process that is started again when it ends although nobody asked it to. */
export interface Supervised {
  readonly name: string;
  /** Why it is not running right now; null while it runs. */
  trouble(): string | null;
  /** Clean stop within the grace period, then by force. It stays stopped. */
  stop(): Promise<void>;
}

export interface SupervisedSpec {
  readonly name: string;
  /** Arguments for Node: flags, main file, arguments. */
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly graceMs: number;
  readonly logPath: string;
  /** Its output stays in the file (a demo server's chatter). */
  readonly isQuiet: boolean;
}

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** Alive this long, it counts as recovered and the next crash starts from the first pause again. */
const RECOVERED_AFTER_MS = 60_000;

/** Pause before the n-th restart in a row (n from 0), in ms. */
export const restartPauseMs = (restarts: number) =>
  Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(restarts, 10), BACKOFF_MAX_MS);

/** Starts the process now, in a process group of its own, and keeps it running until `stop`. */
export function supervise(
  deps: { readonly leash: Leash; readonly show: (line: string) => void; readonly cwd: string },
  spec: SupervisedSpec,
): Supervised {
  const log = openProcessLog({ path: spec.logPath, name: spec.name, isQuiet: spec.isQuiet, show: deps.show });
  let child: ChildProcess | null = null;
  let ended: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let isStopping = false;
  let restarts = 0;
  let trouble: string | null = null;

  const start = () => {
    timer = null;
    const startedAtMs = Date.now();
    const started = spawn(process.execPath, [...spec.program], {
      cwd: deps.cwd,
      env: { ...spec.env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    trouble = null;
    const pid = started.pid ?? 0;
    deps.leash.hold(pid, "SIGTERM", "group");
    started.stdout.on("data", log.write);
    started.stderr.on("data", log.write);
    ended = new Promise((resolve) => {
      started.once("error", (error) => log.write(Buffer.from(`${error.message}\n`)));
      // `close` comes after the output was read to its end.
      started.once("close", (code, signal) => {
        deps.leash.release(pid);
        child = null;
        resolve();
        if (isStopping) {
          return;
        }
        restarts = Date.now() - startedAtMs > RECOVERED_AFTER_MS ? 0 : restarts;
        const pauseMs = restartPauseMs(restarts);
        restarts += 1;
        trouble = `ended with ${signal ?? `exit code ${code}`}\n${log.tail()}`;
        deps.show(
          `${spec.name} ended with ${signal ?? `exit code ${code}`}, starting it again in ${pauseMs} ms.`,
        );
        timer = setTimeout(start, pauseMs);
      });
    });
  };
  start();

  return {
    name: spec.name,
    trouble: () => trouble,
    async stop() {
      isStopping = true;
      if (timer !== null) {
        clearTimeout(timer);
      }
      if (child !== null) {
        // The process has its own deadline; ours is for one that does not keep it.
        await endService(child, ended, "SIGTERM", spec.graceMs + 3_000);
      }
      log.close();
    },
  };
}

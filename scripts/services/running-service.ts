import type { ChildProcess } from "node:child_process";

/** A service that a command of this folder started and must stop again. */
export interface RunningService {
  readonly url: string;
  readonly pid: number;
  /** Settles when the process has ended, wanted or not. */
  readonly exited: Promise<void>;
  /** Asks it to stop and waits; kills it after its deadline. Stopping twice is stopping once. */
  stop(): Promise<void>;
}

/** Sends the signal that means a clean stop, waits for the end, and kills after `withinMs`. */
export async function endService(
  child: ChildProcess,
  exited: Promise<void>,
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<void> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
  await exited;
  clearTimeout(timer);
}

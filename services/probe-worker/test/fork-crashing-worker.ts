import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** Starts `crashing-worker.ts` and waits until it takes jobs. */
export async function forkCrashingWorker(
  redisUrl: string,
  diesAt: "before-report" | "after-report" | "never",
): Promise<ChildProcess> {
  const child = fork(new URL("./crashing-worker.ts", import.meta.url), [redisUrl, diesAt], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  return child;
}

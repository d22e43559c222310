import { spawnSync } from "node:child_process";

const WITHIN_MS = 600_000;

/** One run of apt-get without questions. `trouble` is its last words when it failed. */
export function aptGet(args: readonly string[]): { isDone: boolean; trouble: string } {
  const run = spawnSync("apt-get", ["-q", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    timeout: WITHIN_MS,
  });
  const isDone = run.status === 0;
  const words = run.error?.message ?? (run.stderr ?? "").trim().slice(-500);
  return { isDone, trouble: isDone ? "" : `apt-get ${args.at(-1)}: ${words}` };
}

/** Installs a package as root; returns what went wrong, or nothing. */
export function installPackage(name: string): string {
  const install = ["install", "-y", "--no-install-recommends", name];
  if (aptGet(install).isDone) {
    return "";
  }
  // Lists may be missing (a fresh container) or old (the package moved on).
  const updated = aptGet(["update"]);
  const { isDone, trouble } = aptGet(install);
  return isDone ? "" : `${updated.trouble}${trouble}`;
}

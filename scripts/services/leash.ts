/**
 * Holds the processes that a command started so that none outlives it, however the command ends.
 *
 * A small shell reads the list of held processes from a pipe. When the command dies, even by SIGKILL, the pipe closes
 * and the shell ends what is on its last line. It sits in a process group of its own, which Ctrl-C does not reach.
 * Should the shell be killed too, the list is also in a file, and the next start ends what is left.
 */
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { processBirth } from "./process-birth.ts";

type EndSignal = "SIGTERM" | "SIGINT" | "SIGKILL";

export interface Leash {
  /** From now on the process, or the group it leads, gets `signal` when this command dies. */
  hold(pid: number, signal: EndSignal, what: "group" | "process"): void;
  /** The process has ended by itself, or is being ended by us. */
  release(pid: number): void;
  /** Lets the shell go. What is still held, because a stop failed half-way, it ends. */
  close(): void;
}

/** What the file says: who holds, and what. */
interface HeldList {
  readonly owner: { readonly pid: number; readonly birth: string | null };
  readonly held: readonly Held[];
}

interface Held {
  readonly pid: number;
  /** What `kill` is given: the pid, or minus the pid for its group. */
  readonly target: number;
  readonly birth: string;
  readonly signal: EndSignal;
}

/** $1: a folder to remove once the held processes are gone, or nothing. Lines are `TERM:12 INT:-34`; the last counts. */
const SHELL = `
held=
while read -r line; do held=$line; done
[ -n "$held" ] || exit 0
for one in $held; do kill -s "\${one%%:*}" -- "\${one#*:}"; done
n=0
while [ $n -lt 150 ]; do
  alive=
  for one in $held; do kill -0 -- "\${one#*:}" && alive=1; done
  [ -n "$alive" ] || break
  n=$((n+1)); sleep 0.1
done
for one in $held; do kill -s KILL -- "\${one#*:}"; done
[ -z "$1" ] || rm -rf -- "$1"
`;

/**
 * Ends what an earlier command left running with this state folder, then opens a leash on it.
 * With `removeFolder` the folder goes too when the command dies unexpectedly. Throws when that earlier command lives.
 */
export function openLeash(folder: string, options: { removeFolder: boolean }): Leash {
  const listPath = join(folder, "held.json");
  endLeftovers(listPath);
  const owner = { pid: process.pid, birth: processBirth(process.pid) };
  const held = new Map<number, Held>();
  const shell = spawn("/bin/sh", ["-c", SHELL, "leash", options.removeFolder ? folder : ""], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", (error) => console.error(`No leash on the services: ${error.message}`));
  shell.stdin.on("error", () => {
    // The shell was killed by somebody; the list in the file still serves the next start.
  });
  shell.unref();

  const tell = () => {
    const list: HeldList = { owner, held: [...held.values()] };
    writeFileSync(listPath, JSON.stringify(list), { mode: 0o600 });
    shell.stdin.write(`${list.held.map((one) => `${one.signal.slice(3)}:${one.target}`).join(" ")}\n`);
  };
  tell();
  return {
    hold(pid, signal, what) {
      const birth = processBirth(pid);
      if (birth !== null) {
        held.set(pid, { pid, target: what === "group" ? -pid : pid, birth, signal });
        tell();
      }
    },
    release(pid) {
      if (held.delete(pid)) {
        tell();
      }
    },
    close() {
      shell.stdin.end();
      if (held.size === 0) {
        rmSync(listPath, { force: true });
      }
    },
  };
}

/** A pid that now belongs to another process is left alone: the birth tells. */
function endLeftovers(listPath: string): void {
  const list = readHeld(listPath);
  if (list === null) {
    return;
  }
  if (list.owner.birth !== null && processBirth(list.owner.pid) === list.owner.birth) {
    throw new Error(`Process ${list.owner.pid} is already using ${dirname(listPath)}.`);
  }
  for (const one of list.held) {
    if (processBirth(one.pid) === one.birth) {
      console.error(`Ending process ${one.pid}, left over from an earlier run.`);
      process.kill(one.target, one.signal);
      waitUntilGone(one, 15_000);
    }
  }
  rmSync(listPath, { force: true });
}

function readHeld(listPath: string): HeldList | null {
  try {
    return JSON.parse(readFileSync(listPath, "utf8")) as HeldList;
  } catch {
    return null;
  }
}

function waitUntilGone(one: Held, deadlineMs: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; processBirth(one.pid) === one.birth; waitedMs += 50) {
    if (waitedMs > deadlineMs) {
      process.kill(one.target, "SIGKILL");
      return;
    }
    Atomics.wait(pause, 0, 0, 50);
  }
}

import { readdirSync, readFileSync } from "node:fs";

/** Proportional set size of a process in MiB: shared pages are divided among their users, so sums are honest (Linux). */
export function proportionalMemoryMb(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return Number(kilobytes ?? 0) / 1_024;
}

/** The process and everything it started, as of now. */
export function processTree(rootPid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const parent = /^\d+$/.test(entry) ? parentOf(Number(entry)) : null;
    if (parent !== null) {
      parents.set(Number(entry), parent);
    }
  }
  const tree = [rootPid];
  for (const pid of tree) {
    for (const [child, parent] of parents) {
      if (parent === pid) {
        tree.push(child);
      }
    }
  }
  return tree;
}

/** Null when the process is gone by now. The name in field 2 may hold blanks and brackets; fields are counted after it. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

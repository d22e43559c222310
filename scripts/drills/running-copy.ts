/** A whole copy of the project, started with `scripts/up` on ports of its own, for drills and measurements. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Role, roleUrl } from "@alivemcp/db/roles";
import { processTree } from "../bench/proportional-memory.ts";
import { findFreePortBase } from "../services/free-port.ts";
import { stateFolderOf } from "../services/state-folder.ts";
import { openSecrets, type Secrets } from "../stack/secrets.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const READY_WITHIN_MS = 120_000;

export interface RunningCopy {
  readonly portBase: number;
  readonly operatorKey: string;
  readonly redisUrl: string;
  /** State and logs. */
  readonly folder: string;
  readonly secrets: Secrets;
  /** Of the superuser, who sees every row. */
  readonly superuserUrl: string;
  databaseUrl(role: Role): string;
  /** Every process of the copy, `scripts/up` itself first. */
  pids(): number[];
  /** The process of the copy whose command line holds `text`; null while there is none. */
  findPid(text: string): number | null;
  /** Clean stop, as Ctrl-C does it; then its state is removed. Throws when it did not exit with 0. */
  stop(): Promise<void>;
}

/** Starts a copy with nothing stored and waits until it says it is ready. Throws with its output when it does not. */
export async function startCopy(options: {
  hasDemo: boolean;
  env?: Record<string, string>;
}): Promise<RunningCopy> {
  const portBase = await findFreePortBase();
  const flags = ["--port-base", String(portBase), "--reset", ...(options.hasDemo ? [] : ["--no-demo"])];
  const child = spawn(process.execPath, ["scripts/up.ts", ...flags], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DATABASE_URL: "", REDIS_URL: "", ...options.env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  }
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!output.includes("Operator key")) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGTERM");
      throw new Error(`the copy did not become ready:\n${output}`);
    }
    await wait(100);
  }
  const folder = stateFolderOf(REPOSITORY, portBase);
  const secrets = openSecrets(folder);
  const database = `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${portBase + 5}/alivemcp`;
  const pids = () => processTree(child.pid as number);
  return {
    portBase,
    operatorKey: secrets.operatorKey,
    folder,
    secrets,
    superuserUrl: database,
    redisUrl: `redis://:${secrets.redisPassword}@127.0.0.1:${portBase + 6}`,
    databaseUrl: (role) => roleUrl(database, role, secrets.rolePasswords[role]),
    pids,
    findPid: (text) => pids().find((pid) => pid !== child.pid && commandOf(pid).includes(text)) ?? null,
    async stop() {
      const exited = child.exitCode === null ? once(child, "exit") : Promise.resolve([child.exitCode]);
      child.kill("SIGTERM");
      const [code] = await exited;
      rmSync(folder, { recursive: true, force: true });
      if (code !== 0) {
        throw new Error(`the copy stopped with exit code ${code}:\n${output}`);
      }
    },
  };
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** A Redis of our own on loopback: throw-away for tests, with an append-only file for `scripts/up`. */
import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Leash } from "./leash.ts";
import { findRedisProgram, redisEnvironment } from "./redis-program.ts";
import { endService, type RunningService } from "./running-service.ts";
import { asUser, type ServiceUser } from "./service-user.ts";
import { openServiceFolder } from "./state-folder.ts";

interface RedisOptions {
  /** State folder; Redis writes to `redis` below it. */
  readonly folder: string;
  readonly port: number;
  readonly user: ServiceUser | null;
  /** Null: open to everybody on loopback and nothing on disk, for tests. */
  readonly password: string | null;
  readonly leash: Leash;
  readonly say: (line: string) => void;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 20_000;

/** Queues must never be evicted, and a restart must lose at most a second of them. */
const DURABLE = { appendonly: "yes", appendfsync: "everysec", save: "" };
/** Each test file takes a logical database of its own. */
const THROW_AWAY = { appendonly: "no", save: "", databases: "4096" };

/** Starts Redis and waits until it answers. Throws with its own last words when it does not. */
export async function startLocalRedis(options: RedisOptions): Promise<RunningService> {
  const program = findRedisProgram(options.folder, options.say);
  const home = join(options.folder, "redis");
  openServiceFolder(home, options.user);
  const logPath = join(options.folder, "redis.log");
  const log = openSync(logPath, "a", 0o600);
  const settings = {
    port: String(options.port),
    bind: "127.0.0.1",
    dir: home,
    "maxmemory-policy": "noeviction",
    ...(options.password === null ? THROW_AWAY : DURABLE),
  };
  // The configuration goes through standard input: a password in the arguments would be in the process list.
  const child = spawn(program.path, ["-"], {
    argv0: program.argv0,
    cwd: home,
    detached: true,
    stdio: ["pipe", log, log],
    env: redisEnvironment(program),
    ...asUser(options.user),
  });
  const password = options.password === null ? [] : [`requirepass ${options.password}`];
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value === "" ? '""' : value}`);
  child.stdin?.on("error", () => {
    // It ended before reading; the wait below reports that with its log.
  });
  child.stdin?.end(`${[...lines, ...password].join("\n")}\n`);

  const pid = child.pid ?? 0;
  options.leash.hold(pid, "SIGTERM", "group");
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      options.leash.release(pid);
      resolve();
    });
    child.once("error", () => resolve());
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  if (!(await answers(options, isRunning))) {
    child.kill("SIGKILL");
    throw new Error(
      `Redis did not start. Last lines of ${logPath}:\n${readFileSync(logPath, "utf8").slice(-2000)}`,
    );
  }
  const login = options.password === null ? "" : `:${encodeURIComponent(options.password)}@`;
  return {
    url: `redis://${login}127.0.0.1:${options.port}`,
    pid,
    exited,
    stop: () => endService(child, exited, "SIGTERM", STOP_WITHIN_MS),
  };
}

/** Whether it said PONG within the deadline; while it loads its file it answers an error and is asked again. */
async function answers(options: RedisOptions, isRunning: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline && isRunning(); ) {
    if ((await ask(options)).includes("+PONG")) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

function ask({ port, password }: RedisOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("connect", () =>
      socket.write(`${password === null ? "" : `AUTH ${password}\r\n`}PING\r\nQUIT\r\n`),
    );
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("error", () => resolve(""));
    socket.on("close", () => resolve(answer));
  });
}

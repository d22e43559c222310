/**
 * Runs a command with a throw-away Postgres and Redis: `node scripts/with-services.ts <command> [arguments]`.
 *
 * The command gets TEST_DATABASE_URL (superuser, database `postgres`) and TEST_REDIS_URL (4,096 logical databases).
 * Where both are set already, or DATABASE_URL and REDIS_URL are, those are used and nothing is started.
 * The exit code is the command's. Nothing stays behind, whichever way this ends.
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "./services/embedded-postgres.ts";
import { findFreePort } from "./services/free-port.ts";
import { type Leash, openLeash } from "./services/leash.ts";
import { startLocalRedis } from "./services/local-redis.ts";
import { findServiceUser } from "./services/service-user.ts";
import { openThrowAwayFolder } from "./services/state-folder.ts";

interface TestServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Where whole copies that the command starts keep their state, so that it goes when this ends; null: as ever. */
  readonly stateRoot: string | null;
  /** Nothing is held where nothing was started. */
  readonly leash: Leash | null;
  stop(): Promise<void>;
}

/** After being told to stop, the command has this long before it is killed. */
const COMMAND_STOPS_WITHIN_MS = 15_000;

const [command, ...args] = process.argv.slice(process.argv[2] === "--" ? 3 : 2);
if (command === undefined) {
  console.error("usage: node scripts/with-services.ts <command> [arguments]");
  process.exit(64);
}

let toldToStop: NodeJS.Signals | null = null;
let tellCommand = (_signal: NodeJS.Signals) => {
  // Not started yet: it will not be.
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    toldToStop ??= signal;
    tellCommand(signal);
  });
}

const services = givenServices() ?? (await startServices());
let exitCode = 1;
try {
  exitCode =
    toldToStop === null ? await runCommand(command, args, services) : 128 + constants.signals[toldToStop];
} finally {
  await services.stop();
}
process.exit(exitCode);

function givenServices(): TestServices | null {
  const { TEST_DATABASE_URL, TEST_REDIS_URL, DATABASE_URL, REDIS_URL } = process.env;
  const given =
    TEST_DATABASE_URL && TEST_REDIS_URL ? [TEST_DATABASE_URL, TEST_REDIS_URL] : [DATABASE_URL, REDIS_URL];
  const [databaseUrl, redisUrl] = given;
  return databaseUrl && redisUrl
    ? { databaseUrl, redisUrl, stateRoot: null, leash: null, stop: async () => undefined }
    : null;
}

async function startServices(): Promise<TestServices> {
  const folder = openThrowAwayFolder();
  const leash = openLeash(folder, { removeFolder: true });
  const user = findServiceUser();
  const common = { folder, user, password: null, leash };
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((stopOne) => stopOne()));
    leash.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const redis = await startLocalRedis({ ...common, port: await findFreePort(), say: console.error });
    stops.push(redis.stop);
    const postgres = await startEmbeddedPostgres({ ...common, port: await findFreePort() });
    stops.push(postgres.stop);
    return { databaseUrl: postgres.url, redisUrl: redis.url, stateRoot: join(folder, "copies"), leash, stop };
  } catch (error) {
    await stop();
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

async function runCommand(name: string, rest: string[], given: TestServices): Promise<number> {
  const child = spawn(name, rest, {
    stdio: "inherit",
    env: {
      ...process.env,
      TEST_DATABASE_URL: given.databaseUrl,
      TEST_REDIS_URL: given.redisUrl,
      ...(given.stateRoot === null ? {} : { STATE_ROOT: given.stateRoot }),
    },
  });
  const pid = child.pid ?? 0;
  given.leash?.hold(pid, "SIGTERM", "process");
  tellCommand = (signal) => {
    // Ctrl-C in a terminal reached the command already, being in the same foreground group.
    if (signal !== "SIGINT" || !process.stdin.isTTY) {
      child.kill(signal);
    }
    setTimeout(() => child.kill("SIGKILL"), COMMAND_STOPS_WITHIN_MS).unref();
  };
  return await new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`${name}: ${error.message}`);
      resolve(127);
    });
    child.once("exit", (code, signal) => {
      given.leash?.release(pid);
      resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]);
    });
  });
}

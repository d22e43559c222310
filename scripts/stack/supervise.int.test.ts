import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Leash, openLeash } from "../services/leash.ts";
import { processBirth } from "../services/process-birth.ts";
import { restartPauseMs, type Supervised, supervise } from "./supervise.ts";

const folder = mkdtempSync(join(tmpdir(), "supervise-"));
let leash: Leash;
beforeAll(() => {
  leash = openLeash(folder, { removeFolder: false });
});
afterAll(() => {
  leash.close();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
function run(code: string, graceMs = 5_000): { process: Supervised; logged: () => string; shown: string[] } {
  made += 1;
  const logPath = join(folder, `${made}.log`);
  const shown: string[] = [];
  const deps = { leash, show: (line: string) => void shown.push(line), cwd: folder };
  const spec = { name: "one", program: ["-e", code], env: {}, graceMs, logPath, isQuiet: false };
  return { process: supervise(deps, spec), logged: () => readFileSync(logPath, "utf8"), shown };
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    if (condition()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("did not happen");
}
const pids = (logged: string) => [...logged.matchAll(/pid (\d+)/g)].map((match) => Number(match[1]));
const STAY = "console.log('pid ' + process.pid); setInterval(() => {}, 1000);";

test("a process that crashes is started again and its last words are shown", async () => {
  const {
    process: one,
    logged,
    shown,
  } = run("console.log('pid ' + process.pid); throw new Error('last words')");
  await until(() => pids(logged()).length >= 2);
  await one.stop();
  expect(new Set(pids(logged())).size).toBeGreaterThanOrEqual(2);
  expect(shown.join("\n")).toContain("last words");
  expect(shown.join("\n")).toContain("exit code 1, starting it again in 500 ms");
});

test("a process killed from outside is started again", async () => {
  const { process: one, logged } = run(STAY);
  await until(() => pids(logged()).length === 1);
  process.kill(pids(logged())[0] ?? 0, "SIGKILL");
  await until(() => pids(logged()).length === 2);
  await one.stop();
});

test("a stopped process gets to end in its own way and is not started again", async () => {
  const { process: one, logged } = run(
    // The handler first: the printed pid is what tells the test that it may stop it.
    `process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); ${STAY}`,
  );
  await until(() => pids(logged()).length === 1);
  await one.stop();
  expect(logged()).toContain("drained");
  expect(pids(logged()).map(processBirth)).toEqual([null]);
});

test("a process that ignores being stopped is killed after its grace period", async () => {
  const { process: one, logged } = run(`process.on('SIGTERM', () => {}); ${STAY}`, -2_500);
  await until(() => pids(logged()).length === 1);
  await one.stop();
  expect(pids(logged()).map(processBirth)).toEqual([null]);
});

test("restarts in a row wait longer each time, up to half a minute", () => {
  expect([0, 1, 2, 3, 10, 1000].map(restartPauseMs)).toEqual([500, 1000, 2000, 4000, 30_000, 30_000]);
});

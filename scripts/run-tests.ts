/**
 * Runs the checks and every test, then prints `N passed, N failed` as its last line, skipped tests on the one before.
 *
 * The counts are the runner's own, from its report file. A check that fails, and a runner that fails without naming a
 * test, count as one failed each, so that the last line never says less than the exit code.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countTests, type TestCounts } from "./count-tests.ts";
import { ensureChromium } from "./ensure-chromium.ts";

const CHECKS = ["check:biome", "check:types", "check:arrows", "check:dead", "check:paths"];
const reportPath = join(".state", `test-report-${process.pid}.json`);

let running: ReturnType<typeof spawn> | null = null;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => running?.kill(signal));
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  running = spawn(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  const [code] = await once(running, "exit");
  return (code as number | null) ?? 1;
}

async function runChecks(): Promise<number> {
  let failed = 0;
  for (const check of CHECKS) {
    console.log(`\n── ${check}`);
    failed += (await run("npm", ["run", "--silent", check])) === 0 ? 0 : 1;
  }
  return failed;
}

async function runTests(filters: string[]): Promise<TestCounts> {
  console.log("\n── tests");
  mkdirSync(".state", { recursive: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`];
  const exitCode = await run("node", ["scripts/with-services.ts", "vitest", "run", ...reporters, ...filters]);
  const counts = countTests(reportPath, exitCode);
  rmSync(reportPath, { force: true });
  return counts;
}

const chromium = ensureChromium(console.log);
const failedChecks = await runChecks();
const counts = await runTests(process.argv.slice(2));
const failed = counts.failed + failedChecks + (chromium.isMissingInCi ? 1 : 0);

console.log("");
if (failedChecks > 0) {
  console.log(`${failedChecks} of ${CHECKS.length} checks failed.`);
}
if (!chromium.isThere) {
  console.log(chromium.message);
}
if (counts.passed === 0) {
  console.log("No test passed: nothing was proven.");
}
if (counts.skipped > 0) {
  console.log(`${counts.skipped} skipped, because this machine lacks a program they need.`);
}
process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;
console.log(`${counts.passed} passed, ${failed} failed`);

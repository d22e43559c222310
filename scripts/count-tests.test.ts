import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { countTests } from "./count-tests.ts";

const folder = mkdtempSync(join(tmpdir(), "count-tests-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const report = {
  success: true,
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
};
const broken = { status: "failed", assertionResults: [] };
const failing = { status: "failed", assertionResults: [{ status: "failed" }, { status: "passed" }] };

test.each([
  ["all passed", report, 0, { passed: 5, failed: 0, skipped: 2 }],
  [
    "a failed test counts once, not again for its file",
    { ...report, success: false, numFailedTests: 1, testResults: [failing] },
    1,
    { passed: 5, failed: 1, skipped: 2 },
  ],
  [
    "a file that did not load counts as one failed",
    { ...report, success: false, testResults: [broken] },
    1,
    { passed: 5, failed: 1, skipped: 2 },
  ],
  ["an error outside every test counts as one failed", report, 1, { passed: 5, failed: 1, skipped: 2 }],
  [
    "a report that says no success counts as one failed",
    { ...report, success: false },
    0,
    { passed: 5, failed: 1, skipped: 2 },
  ],
])("%s", (_name, content, exitCode, expected) => {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  expect(countTests(path, exitCode)).toEqual(expected);
});

test("a run without a report is a failure, never an empty success", () => {
  expect(countTests(join(folder, "none.json"), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

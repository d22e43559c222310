import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openProcessLog, terminalLine } from "./process-log.ts";

const folder = mkdtempSync(join(tmpdir(), "process-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = (level: number, rest: object) =>
  JSON.stringify({ level, time: "x", pid: 1, hostname: "h", name: "n", ...rest });

describe("what of a process's output is shown on the terminal", () => {
  test.each([
    ["an information", line(30, { msg: "started" }), null],
    ["a warning", line(40, { msg: "late" }), "late"],
    ["an error with its cause", line(50, { msg: "failed", err: { message: "refused" } }), "failed (refused)"],
    ["facts beside the message", line(40, { msg: "late", lateMs: 5 }), 'late {"lateMs":5}'],
    ["a crash before logging began", "TypeError: x is not a function", "TypeError: x is not a function"],
    ["JSON that is no log line", '{"a":1}', '{"a":1}'],
    ["nothing", "  ", null],
  ])("%s", (_name, given, shown) => {
    expect(terminalLine(given, false)).toBe(shown);
  });

  test("a quiet process's own chatter is not shown", () => {
    expect(terminalLine("Received MCP POST request", true)).toBeNull();
  });
});

test("every line reaches the file whole, however the output was cut", () => {
  const path = join(folder, "a.log");
  const shown: string[] = [];
  const log = openProcessLog({ path, name: "api", isQuiet: false, show: (text) => shown.push(text) });
  const text = `${line(30, { msg: "grüße" })}\n${line(40, { msg: "late" })}\nlast words`;
  for (const byte of Buffer.from(text)) {
    log.write(Buffer.from([byte]));
  }
  expect(log.tail()).toContain("last words");
  log.close();
  expect(readFileSync(path, "utf8")).toBe(`${text}\n`);
  expect(shown).toEqual(["api: late", "api: last words"]);
});
